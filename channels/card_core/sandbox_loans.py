"""The twin's loan arithmetic: repayment plans. Pure; integer fen, exact decimals.

Interest rounds half up and the last period takes the remainder; what coupons take off is in `sandbox_reductions`.
"""

import calendar
from datetime import date
from decimal import Decimal
from itertools import accumulate, pairwise

from channels.card_core.sandbox_reductions import Period, reductions
from domain.ports import CouponReduction, Instalment, LoanTerms
from kit.errors import RuleViolated
from kit.money import round_half_up

METHODS = ("equal_instalment", "equal_principal", "interest_first", "per_day")
MOST_PERIODS = 60
LEAST_FEN, MOST_FEN = 10_000, 100_000_000
DAYS_OF_A_PERIOD = 30
"""Days of interest in a monthly period, whatever its calendar days: 0.05 % a day is 1.5 % a period. A loan with
interest per day counts the calendar's instead."""
DAYS_OF_A_YEAR = 360


def plan(terms: LoanTerms, yearly_rate: Decimal, first_day: date) -> list[Instalment]:
    """The instalments of a loan disbursed on `first_day`, due on that day of the following months.

    Raises `RuleViolated` (`loan.amount`, `loan.periods`, `loan.method`, `reduction.unsupported`, `reduction.invalid`).
    """
    _check(terms)
    principal = _principal(terms, yearly_rate)
    owed = [terms.amount_fen - paid for paid in accumulate([0, *principal[:-1]])]
    periods = [
        Period(_interest(terms, one, yearly_rate, days), days)
        for one, days in zip(owed, _days(terms, first_day), strict=True)
    ]
    taken_off = reductions(terms.reductions, periods)
    return [
        _instalment(no, due_date(first_day, no), principal[no - 1], period.interest_fen, taken_off[no - 1])
        for no, period in enumerate(periods, 1)
    ]


def _instalment(no: int, due: date, principal: int, interest: int, taken_off: dict[str, int]) -> Instalment:
    off = sum(taken_off.values())
    parts = [CouponReduction(coupon_no, amount) for coupon_no, amount in taken_off.items() if amount]
    return Instalment(no, due, principal, interest, off, principal + interest - off, parts)


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


def _days(terms: LoanTerms, first_day: date) -> list[int]:
    """Days of interest in each period."""
    if terms.method != "per_day":
        return [DAYS_OF_A_PERIOD] * terms.periods
    dates = [first_day, *(due_date(first_day, no) for no in range(1, terms.periods + 1))]
    return [(until - since).days for since, until in pairwise(dates)]


def _interest(terms: LoanTerms, owed: int, yearly_rate: Decimal, days: int) -> int:
    # Divided last: a twelfth of the rate may have no end, and halves would be missed.
    if terms.method == "per_day":
        return round_half_up(owed * yearly_rate * days / DAYS_OF_A_YEAR)
    return round_half_up(owed * yearly_rate / 12)


def _principal(terms: LoanTerms, yearly_rate: Decimal) -> list[int]:
    """What is paid back of the amount in each period."""
    amount, periods = terms.amount_fen, terms.periods
    if terms.method in ("interest_first", "per_day"):
        return [0] * (periods - 1) + [amount]
    if terms.method == "equal_principal":
        each = amount // periods
        return [each] * (periods - 1) + [amount - each * (periods - 1)]
    rate = yearly_rate / 12
    growth = (1 + rate) ** periods
    payment = round_half_up(amount * rate * growth / (growth - 1))
    paid, owed = [], amount
    for _ in range(periods - 1):
        paid.append(payment - round_half_up(owed * yearly_rate / 12))
        owed -= paid[-1]
    return [*paid, owed]
