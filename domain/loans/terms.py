"""What a customer wants to borrow. Pure."""

import msgspec


class Terms(msgspec.Struct, frozen=True):
    """Amount in fen, monthly periods, repayment method; `channel` is where the customer asks, as some coupons are bound
    to one.
    """

    amount_fen: int
    periods: int
    method: str
    channel: str | None = None
