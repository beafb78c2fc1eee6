"""What an effect costs a campaign."""

import msgspec


class Cost(msgspec.Struct, frozen=True):
    """`amount_fen` of `campaign` for a customer, not negative. `source` (at most 96 characters) names the effect for
    ever: the same source is the same reservation.
    """

    campaign: str
    customer_id: int
    amount_fen: int
    source: str
