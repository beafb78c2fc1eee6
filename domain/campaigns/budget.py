"""A budget as operators see it."""

from datetime import date, timedelta

import msgspec

from domain.approvals import read as read_configuration
from domain.campaigns.queries import KIND
from domain.campaigns.warnings import LowWarning, warnings
from domain.operators import OperatorIdentity
from kit import clock, database
from kit.errors import NotFound

DAYS_SHOWN = 31


class Pot(msgspec.Struct, frozen=True):
    """A ceiling and what was taken of it, in fen; `branch` is "" for the whole campaign, `HQ` for what head office
    keeps, `daily_fen` the ceiling of each day.
    """

    branch: str
    ceiling_fen: int
    daily_fen: int | None
    reserved_fen: int
    committed_fen: int

    @property
    def left_fen(self) -> int:
        """What can still be reserved of it."""
        return self.ceiling_fen - self.reserved_fen - self.committed_fen


class Day(msgspec.Struct, frozen=True):
    """What one business day has taken of a pot; a ceiling of None is none."""

    day: date
    branch: str
    ceiling_fen: int | None
    reserved_fen: int
    committed_fen: int

    @property
    def left_fen(self) -> int | None:
        """What could still have been reserved that day; None where nothing bounds it but the pot."""
        return None if self.ceiling_fen is None else self.ceiling_fen - self.reserved_fen - self.committed_fen


class BudgetReport(msgspec.Struct, frozen=True):
    """The pots, the last days newest first, and the warnings that stand."""

    campaign: str
    warn_at: int
    pots: list[Pot]
    days: list[Day]
    warnings: list[LowWarning]


async def budget(operator: OperatorIdentity, code: str) -> BudgetReport:
    """Head office, and the branch whose campaign it is, see all of it; another branch sees its share and those of the
    branches below it.

    Raises `NotFound` where the campaign has no budget, or nothing of it is this operator's.
    """
    only = await _only_branches(operator, code)
    pots = await database.fetch(
        """SELECT branch, ceiling_fen, daily_fen, reserved_fen, committed_fen FROM budget_pot
           WHERE campaign = $1 AND ($2::text[] IS NULL OR branch = ANY($2)) ORDER BY branch""",
        code,
        only,
    )
    if not pots:
        raise NotFound("budget.not_found", "没有这项活动预算")
    days = await database.fetch(
        """SELECT day, branch, ceiling_fen, reserved_fen, committed_fen FROM budget_day
           WHERE campaign = $1 AND ($2::text[] IS NULL OR branch = ANY($2)) AND day > $3 ORDER BY day DESC, branch""",
        code,
        only,
        clock.today() - timedelta(days=DAYS_SHOWN),
    )
    return BudgetReport(
        code,
        await database.fetchval("SELECT warn_at FROM budget WHERE campaign = $1", code),
        [Pot(*row) for row in pots],
        [Day(*row) for row in days],
        [
            one
            for one in await warnings(operator, standing=True, campaign=code, limit=100)
            if only is None or one.branch in only
        ],
    )


async def _only_branches(operator: OperatorIdentity, code: str) -> list[str] | None:
    """The pots this operator may see; None for all of them."""
    if operator.within is None:
        return None
    try:
        await read_configuration(KIND, code, operator)
    except NotFound:
        return operator.within
    return None
