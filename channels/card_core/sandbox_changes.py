"""What happens to the twin's loans later: decided late, cancelled in the cooling-off, repaid early."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

import msgspec

from channels.card_core.sandbox_books import BookedLoan
from channels.card_core.sandbox_loans import plan
from channels.card_core.sandbox_reductions import earned
from domain.ports import CouponReduction, Instalment
from kit.errors import Conflict
from kit.money import round_half_up

Change = Literal["disburse", "decline", "cancel", "repay_early"]
COOLING_OFF = timedelta(days=7)
_FROM: dict[Change, frozenset[str]] = {
    "disburse": frozenset({"processing", "declined"}),
    "decline": frozenset({"processing"}),
    "cancel": frozenset({"disbursed"}),
    "repay_early": frozenset({"disbursed"}),
}


def changed(loan: BookedLoan, change: Change, today: date) -> BookedLoan:
    """The loan after `change`. Disbursing a declined one is what a core does that has thought better of it.

    Raises `Conflict` (`loan.wrong_state`, `loan.cooling_off_over`).
    """
    if loan.state not in _FROM[change]:
        raise Conflict("loan.wrong_state", f"A loan that is {loan.state} cannot {change}")
    replace = msgspec.structs.replace
    if change == "disburse":
        return replace(
            loan, state="disbursed", reason=None, disbursed_on=today, plan=plan(loan.terms, loan.rate, today)
        )
    if change == "decline":
        return replace(loan, state="declined", reason="综合评分不足")
    disbursed_on = loan.disbursed_on or today
    if change == "repay_early":
        return replace(loan, state="repaid_early", settled=_settled(loan, disbursed_on, today))
    if today > disbursed_on + COOLING_OFF:
        raise Conflict("loan.cooling_off_over", f"A loan can be cancelled for {COOLING_OFF.days} days")
    return replace(loan, state="cancelled")


def _settled(loan: BookedLoan, disbursed_on: date, today: date) -> list[Instalment]:
    """The plan as it was really paid: whole periods as planned, the present one by its days, nothing later."""
    charged, since = [], disbursed_on
    for line in loan.plan:
        days = (line.due_date - since).days
        gone = min(max((today - since).days, 0), days)
        # A first day of interest is charged even when it is repaid on the day.
        charged.append(round_half_up(line.interest_fen * max(gone, int(line.no == 1)) / Decimal(days)))
        since = line.due_date
    planned = [{one.coupon_no: one.amount_fen for one in line.reductions} for line in loan.plan]
    kept = earned(loan.terms.reductions, planned, charged)
    return [
        msgspec.structs.replace(
            line,
            interest_fen=interest,
            reduction_fen=sum(off.values()),
            total_fen=line.principal_fen + interest - sum(off.values()),
            reductions=[CouponReduction(coupon_no, amount) for coupon_no, amount in off.items() if amount],
        )
        for line, interest, off in zip(loan.plan, charged, kept, strict=True)
    ]
