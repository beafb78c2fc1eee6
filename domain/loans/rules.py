"""What a loan costs: the annualised rate by IRR, and the cost table a customer confirms. Pure."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal, localcontext

import msgspec

from domain.coupons.texts import METHOD_NAMES
from domain.loans.terms import Terms
from kit.money import percent, yuan

READING_SECONDS = 5
"""How long the cost table has to be shown before it can be confirmed."""

OCCUPIED_FOR = timedelta(minutes=30)
"""By then the core must have heard of an application: what it does not know then is not sent any more."""

GIVEN_UP_AFTER = timedelta(hours=24)
"""A core that has said nothing at all for so long keeps the customer's coupons no longer."""

_MONTHS = 12
_STEPS = 80
_LATE = "逾期未还的款项，按借款合同约定计收罚息，并可能影响您的征信记录"


class Costs(msgspec.Struct, frozen=True):
    """What a plan costs beyond its principal; yearly rates without and with the reduction."""

    interest_fen: int
    reduction_fen: int
    rate_before: Decimal
    rate_after: Decimal


class CostItem(msgspec.Struct, frozen=True):
    """One line of the cost table."""

    name: str
    text: str


class CostTable(msgspec.Struct, frozen=True):
    """The statutory table of all costs; `version` stands for exactly these words and figures."""

    version: str
    reading_seconds: int
    items: list[CostItem]


def yearly_rate(amount_fen: int, payments_fen: Sequence[int]) -> Decimal:
    """Twelve times the monthly internal rate of return of lending `amount_fen` against monthly payments.

    Zero when the payments only return the amount, below zero when they do not even do that.
    """
    with localcontext() as context:
        context.prec = 34
        low, high = Decimal("-0.9"), Decimal(1)
        while _worth_today(payments_fen, high) > amount_fen:
            high *= 2
        for _ in range(_STEPS):
            middle = (low + high) / 2
            if _worth_today(payments_fen, middle) > amount_fen:
                low = middle
            else:
                high = middle
        return (low + high) / 2 * _MONTHS


def cost_table(terms: Terms, costs: Costs) -> CostTable:
    """The cost table of a loan; it names no dates, so that it stays the same while the customer reads it."""
    items = [
        CostItem("贷款本金", f"{yuan(terms.amount_fen)}元"),
        CostItem("借款期限", f"{terms.periods}期（按月）"),
        CostItem("还款方式", METHOD_NAMES[terms.method]),
        CostItem("年化利率（单利）", f"{percent(costs.rate_before)}%"),
        *([CostItem("优惠后年化利率（单利）", f"{percent(costs.rate_after)}%")] if costs.reduction_fen else []),
        CostItem("利息总额", f"{yuan(costs.interest_fen)}元"),
        CostItem("优惠减免", f"{yuan(costs.reduction_fen)}元"),
        CostItem("手续费", "0.00元"),
        CostItem("还款总额", f"{yuan(terms.amount_fen + costs.interest_fen - costs.reduction_fen)}元"),
        CostItem("逾期费用", _LATE),
    ]
    content = msgspec.json.encode([READING_SECONDS, items])
    return CostTable(hashlib.sha256(content).hexdigest()[:16], READING_SECONDS, items)


def _worth_today(payments_fen: Sequence[int], monthly_rate: Decimal) -> Decimal:
    worth = Decimal(0)
    for payment in reversed(payments_fen):
        worth = (worth + payment) / (1 + monthly_rate)
    return worth
