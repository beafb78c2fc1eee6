"""The twin's loan arithmetic: repayment plans and what a coupon takes off them. Pure; integer fen, exact decimals.

Interest rounds half up and the last period takes the remainder. Reductions round down, take off interest only,
period by period from the first, never more than the period's interest and never more than `cap_fen` in all.
"""

import calendar
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import accumulate

from domain.ports import Instalment, LoanTerms, Reduction
from kit.errors import RuleViolated
from kit.money import round_down, round_half_up

METHODS = ("equal_instalment", "equal_principal", "interest_first")
MOST_PERIODS = 60
LEAST_FEN, MOST_FEN = 10_000, 100_000_000
DAYS_OF_A_PERIOD = 30
"""Days of interest in a monthly period, whatever its calendar days: 0.05 % a day is 1.5 % a period."""


def plan(terms: LoanTerms, yearly_rate: Decimal, first_day: date) -> list[Instalment]:
    """The instalments of a loan disbursed on `first_day`, due on that day of the following months.

    Raises `RuleViolated` (`loan.amount`, `loan.periods`, `loan.method`, `reduction.unsupported`, `reduction.invalid`).
    """
    _check(terms)
    principal = _principal(terms, yearly_rate)
    owed = [terms.amount_fen - paid for paid in accumulate([0, *principal[:-1]])]
    interest = [_interest(one, yearly_rate) for one in owed]
    taken_off = reductions(terms.reduction, interest)
    return [
        Instalment(no, due_date(first_day, no), part, extra, off, part + extra - off)
        for no, (part, extra, off) in enumerate(zip(principal, interest, taken_off, strict=True), 1)
    ]


def reductions(reduction: Reduction | None, interest: Sequence[int]) -> list[int]:
    """What is taken off each period's interest. Raises `RuleViolated`.

    `interest_free_days {days}`: each period is 30 days; `days` are spent on the first period, what is left of them on
    the next, and so on; a period loses floor(interest x its days / 30). `interest_discount {rate_off, periods}`: that
    share of the first `periods` periods' interest. `repayment {amount_fen}`: the amount, from the earliest interest.
    """
    if reduction is None:
        return [0] * len(interest)
    if reduction.kind == "interest_free_days":
        days = _whole(reduction, "days")
        wanted = [
            one * min(max(days - DAYS_OF_A_PERIOD * k, 0), DAYS_OF_A_PERIOD) // DAYS_OF_A_PERIOD
            for k, one in enumerate(interest)
        ]
        cap = _cap(reduction)
    elif reduction.kind == "interest_discount":
        share, periods = _share(reduction), _whole(reduction, "periods")
        wanted = [round_down(one * share) if k < periods else 0 for k, one in enumerate(interest)]
        cap = _cap(reduction)
    elif reduction.kind == "repayment":
        wanted, cap = list(interest), _whole(reduction, "amount_fen")
    else:
        raise RuleViolated("reduction.unsupported", f"The core cannot reduce a loan by {reduction.kind}")
    return _capped(wanted, cap)


def due_date(first_day: date, no: int) -> date:
    """The day of `first_day` in the `no`-th month after it, or that month's last day."""
    months = first_day.year * 12 + first_day.month - 1 + no
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(first_day.day, calendar.monthrange(year, month)[1]))


def _check(terms: LoanTerms) -> None:
    if not LEAST_FEN <= terms.amount_fen <= MOST_FEN:
        raise RuleViolated("loan.amount", f"A loan is {LEAST_FEN} to {MOST_FEN} fen")
    if not 1 <= terms.periods <= MOST_PERIODS:
        raise RuleViolated("loan.periods", f"A loan has 1 to {MOST_PERIODS} monthly periods")
    if terms.method not in METHODS:
        raise RuleViolated("loan.method", f"The repayment method is one of {', '.join(METHODS)}")


def _interest(owed: int, yearly_rate: Decimal) -> int:
    # Divided last: a twelfth of the rate may have no end, and halves would be missed.
    return round_half_up(owed * yearly_rate / 12)


def _principal(terms: LoanTerms, yearly_rate: Decimal) -> list[int]:
    """What is paid back of the amount in each period."""
    amount, periods = terms.amount_fen, terms.periods
    if terms.method == "interest_first":
        return [0] * (periods - 1) + [amount]
    if terms.method == "equal_principal":
        each = amount // periods
        return [each] * (periods - 1) + [amount - each * (periods - 1)]
    rate = yearly_rate / 12
    growth = (1 + rate) ** periods
    payment = round_half_up(amount * rate * growth / (growth - 1))
    paid, owed = [], amount
    for _ in range(periods - 1):
        paid.append(payment - _interest(owed, yearly_rate))
        owed -= paid[-1]
    return [*paid, owed]


def _capped(wanted: Sequence[int], cap: int | None) -> list[int]:
    left = sum(wanted) if cap is None else cap
    given = []
    for one in wanted:
        given.append(min(one, left))
        left -= given[-1]
    return given


def _whole(reduction: Reduction, name: str) -> int:
    value = reduction.value.get(name)
    if not isinstance(value, int) or value < 1:
        raise RuleViolated("reduction.invalid", f"{reduction.kind} needs {name}, a whole number from 1")
    return value


def _cap(reduction: Reduction) -> int | None:
    return _whole(reduction, "cap_fen") if reduction.value.get("cap_fen") is not None else None


def _share(reduction: Reduction) -> Decimal:
    try:
        share = Decimal(str(reduction.value.get("rate_off")))
    except InvalidOperation:
        share = Decimal(0)
    if not (share.is_finite() and 0 < share <= 1):
        raise RuleViolated("reduction.invalid", f"{reduction.kind} needs rate_off, above 0 and at most 1")
    return share
