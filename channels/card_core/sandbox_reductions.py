"""What coupons take off a plan of the twin. Pure; integer fen, exact decimals.

Reductions round down, take off interest only, period by period from the first, never more than `cap_fen` in all.
Several are taken in the order given: each is computed on the whole interest, and gets what those before it left.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from domain.ports import Reduction
from kit.errors import RuleViolated
from kit.money import round_down


@dataclass(frozen=True)
class Period:
    """The interest of a period, and for how many days it is."""

    interest_fen: int
    days: int


def reductions(wanted: Sequence[Reduction], periods: Sequence[Period]) -> list[dict[str, int]]:
    """What each coupon takes off each period's interest, by its number. Raises `RuleViolated`.

    `interest_free_days {days}`: the loan's first `days`; a period loses floor(interest x its free days / its days).
    `interest_discount {rate_off, periods}`: that share of the first `periods` periods' interest.
    `repayment {amount_fen}`: the amount, from the earliest interest there is left.
    """
    if len({one.coupon_no for one in wanted}) < len(wanted):
        raise RuleViolated("reduction.invalid", "A coupon reduces a loan once")
    left = [period.interest_fen for period in periods]
    taken: list[dict[str, int]] = [{} for _ in periods]
    for one in wanted:
        given = _capped([min(pair) for pair in zip(_alone(one, periods), left, strict=True)], _most(one))
        for place, amount in enumerate(given):
            taken[place][one.coupon_no] = amount
            left[place] -= amount
    return taken


def earned(
    wanted: Sequence[Reduction], taken: Sequence[dict[str, int]], charged: Sequence[int]
) -> list[dict[str, int]]:
    """What stays of each coupon's reduction, period by period, when a loan was repaid early: `taken` is what it took
    off by the plan, `charged` the interest that was really charged (0 for periods that were not reached).

    `earned` keeps what the periods reached had; `whole` moves the rest to what is left of the interest charged.
    """
    left, kept = list(charged), [dict[str, int]() for _ in charged]
    for one in wanted:
        planned = [off.get(one.coupon_no, 0) for off in taken]
        given = [min(pair) for pair in zip(planned, left, strict=True)]
        if one.repaid_early == "whole":
            room = [interest - off for interest, off in zip(left, given, strict=True)]
            moved = _capped(room, min(sum(planned) - sum(given), sum(room)))
            given = [off + more for off, more in zip(given, moved, strict=True)]
        for place, amount in enumerate(given):
            kept[place][one.coupon_no] = amount
            left[place] -= amount
    return kept


def _alone(reduction: Reduction, periods: Sequence[Period]) -> list[int]:
    """Period by period, as if there were no other coupon and no cap."""
    if reduction.kind == "interest_free_days":
        free = _whole(reduction, "days")
        off = []
        for period in periods:
            days = min(free, period.days)
            off.append(period.interest_fen * days // period.days)
            free -= days
        return off
    if reduction.kind == "interest_discount":
        share, first = _share(reduction), _whole(reduction, "periods")
        return [round_down(one.interest_fen * share) if k < first else 0 for k, one in enumerate(periods)]
    if reduction.kind == "repayment":
        return [period.interest_fen for period in periods]
    raise RuleViolated("reduction.unsupported", f"The core cannot reduce a loan by {reduction.kind}")


def _most(reduction: Reduction) -> int | None:
    if reduction.kind == "repayment":
        return _whole(reduction, "amount_fen")
    return _whole(reduction, "cap_fen") if reduction.value.get("cap_fen") is not None else None


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


def _share(reduction: Reduction) -> Decimal:
    try:
        share = Decimal(str(reduction.value.get("rate_off")))
    except InvalidOperation:
        share = Decimal(0)
    if not (share.is_finite() and 0 < share <= 1):
        raise RuleViolated("reduction.invalid", f"{reduction.kind} needs rate_off, above 0 and at most 1")
    return share
