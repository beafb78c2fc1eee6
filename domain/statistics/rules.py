"""How figures become the columns of a report. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

import msgspec

Counts = dict[tuple[str, str], tuple[int, int]]
"""(source, measure) → (number, amount)"""
Shape = Callable[[Counts], dict[str, int]]
Ratio = int | str | None
Ratios = Callable[[dict[str, int]], dict[str, Ratio]]


class Sum(msgspec.Struct, frozen=True):
    """Of one measure of one source below one key: how many rows, and their amounts."""

    source: str
    key: str
    measure: str
    number: int
    amount: int


class Row(msgspec.Struct, frozen=True):
    """One line of a report, and what its figures come to beside each other."""

    key: str
    figures: dict[str, int]
    ratios: dict[str, Ratio] = {}


def rows_of(found: Iterable[Sum], shape: Shape, ratios: Ratios = lambda _: {}) -> list[Row]:
    """A row for each key, in order."""
    by_key: dict[str, Counts] = defaultdict(dict)
    for one in found:
        by_key[one.key][one.source, one.measure] = (one.number, one.amount)
    lines = ((key, shape(counts)) for key, counts in sorted(by_key.items()))
    return [Row(key, figures, ratios(figures)) for key, figures in lines]


def funnel_row(counts: Counts) -> dict[str, int]:
    """`completed` are claims that reached completion and were not taken back; the cost is that of every reward given
    and not taken back, and of what had been used before it could be.
    """
    claimed = {measure: number for (source, measure), (number, _) in counts.items() if source == "claims"}
    return {
        "seen": _number(counts, "seen", "seen"),
        "offered": sum(number for (source, _), (number, _) in counts.items() if source == "offers"),
        "claimed": sum(claimed.values()),
        "completed": claimed.get("completed", 0) + claimed.get("rewarded", 0),
        "rewarded": claimed.get("rewarded", 0),
        "expired": claimed.get("expired", 0),
        "clawed_back": claimed.get("clawed_back", 0),
        "used": _number(counts, "task_coupons", "used") + _number(counts, "task_benefits", "redeemed", "redeeming"),
        "cost_fen": counts.get(("rewards", "granted"), (0, 0))[1] + counts.get(("debts", "owed"), (0, 0))[1],
    }


def funnel_ratios(figures: dict[str, int]) -> dict[str, Ratio]:
    """Each step as a share of the one before (`"0.3512"`) and what a completion cost, in fen; None of nothing. What
    nobody has to claim may be claimed by more than have seen it.
    """
    steps = ("seen", "claimed", "completed", "rewarded")
    completed = figures["completed"]
    return {
        **{f"{after}_of_{before}": _share(figures[after], figures[before]) for before, after in pairwise(steps)},
        "cost_per_completion_fen": int(_rounded(figures["cost_fen"], completed, "1")) if completed else None,
    }


def _share(part: int, whole: int) -> str | None:
    return str(_rounded(part, whole, "0.0001")) if whole else None


def _rounded(part: int, whole: int, to: str) -> Decimal:
    return (Decimal(part) / whole).quantize(Decimal(to), ROUND_HALF_UP)


def coupon_row(counts: Counts) -> dict[str, int]:
    """Issued is the sum of the states."""
    states = {state: _number(counts, "coupons", state) for state in ("unused", "occupied", "used", "expired", "voided")}
    return {"issued": sum(states.values()), **states}


def benefit_row(counts: Counts) -> dict[str, int]:
    """The total is the sum of the states, what failed included."""
    names = ("issuing", "granted", "redeeming", "redeemed", "expired", "voided", "failed")
    states = {state: _number(counts, "benefits", state) for state in names}
    return {"total": sum(states.values()), **states}


def level_row(counts: Counts) -> dict[str, int]:
    """Customers on a level."""
    return {"customers": _number(counts, "levels", "held")}


def level_move_row(counts: Counts) -> dict[str, int]:
    """Moves of a day."""
    return {name: _number(counts, "level_moves", name) for name in ("risen", "fallen")}


def event_row(counts: Counts) -> dict[str, int]:
    """Events and the sum of their amounts."""
    number, amount = counts.get(("events", "told"), (0, 0))
    return {"events": number, "amount_fen": amount}


def _number(counts: Counts, source: str, *measures: str) -> int:
    return sum(counts.get((source, measure), (0, 0))[0] for measure in measures)
