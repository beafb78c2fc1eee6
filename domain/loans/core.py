"""Asking the card core on behalf of a customer who waits for the answer."""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from domain import customers, ports
from kit.errors import Forbidden, RuleViolated, Unavailable

_REFUSALS = {
    "loan.amount": "借款金额不在可借范围内",
    "loan.periods": "不支持该借款期数",
    "loan.method": "不支持该还款方式",
    "reduction.unsupported": "该券不能用于借款",
    "reduction.invalid": "该券不能用于借款",
}


class Borrower(msgspec.Struct, frozen=True):
    """Who borrows, as the core knows them now."""

    customer_no: str
    customer_type: str | None = None
    credit_mode: str | None = None
    credit_granted: bool = False


def refusal_text(refused: ports.Refused) -> str:
    """What the customer reads; the core's own words are for its users."""
    return _REFUSALS.get(refused.code, "银行未受理这笔借款，请核对后再试")


@contextmanager
def answering() -> Iterator[None]:
    """Turns the core's silence into `Unavailable` (`card_core.no_answer`), its no into `RuleViolated`
    (`loan.refused`).
    """
    try:
        yield
    except ports.NoAnswer:
        raise Unavailable("card_core.no_answer", "银行系统暂时没有应答，请稍后再试") from None
    except ports.Refused as refused:
        raise RuleViolated("loan.refused", refusal_text(refused)) from None


async def number_of(customer_id: int) -> str:
    """The customer's number at the core. Raises `Forbidden` (`customer.not_bound`)."""
    customer_no = (await customers.profile(customer_id)).customer_no
    if customer_no is None:
        raise Forbidden("customer.not_bound", "请先绑定信用卡")
    return customer_no


async def borrower(customer_id: int) -> Borrower:
    """Raises `Forbidden` (`customer.not_bound`), `Unavailable`. One the core does not know has no type and no mode."""
    customer_no = await number_of(customer_id)
    with answering():
        known = await ports.get().card_core.customer(customer_no)
    if known is None:
        return Borrower(customer_no)
    return Borrower(customer_no, known.customer_type, known.credit_mode, known.credit_granted)
