"""Which ceilings a cost counts against, and whether they hold. Pure."""

from collections.abc import Collection, Iterator, Mapping

import msgspec

from domain.campaigns.cost import Cost
from domain.campaigns.definition import BudgetDefinition
from domain.operators import HEAD_OFFICE
from kit.errors import Fault

WHOLE = ""
"""The branch of the pot that is the whole campaign."""

PotKey = tuple[str, str]
"""Campaign and branch."""


class Pot(msgspec.Struct):
    """What is left of a pot, and of its present day; None has no bound."""

    left: int
    left_today: int | None


class Till:
    """What is left of locked budgets; decides costs one after the other, each seeing those before it."""

    def __init__(self, pots: Mapping[PotKey, Pot], closed: Collection[str], branches: Mapping[int, str | None]) -> None:
        self._pots, self._closed, self._branches = pots, closed, branches

    def branch_of(self, cost: Cost) -> str | None:
        """Whose pot pays: the share of the customer's branch, else what head office keeps; None without a budget."""
        if (cost.campaign, WHOLE) not in self._pots:
            return None
        branch = self._branches.get(cost.customer_id)
        return branch if branch and (cost.campaign, branch) in self._pots else HEAD_OFFICE

    def take(self, cost: Cost, branch: str) -> str | None:
        """Take it from the whole campaign and from the pot of `branch`, or the code of why not."""
        refusal = self._why_not(cost, branch)
        if refusal is None:
            for pot in self._touched(cost, branch):
                pot.left -= cost.amount_fen
                if pot.left_today is not None:
                    pot.left_today -= cost.amount_fen
        return refusal

    def _why_not(self, cost: Cost, branch: str) -> str | None:
        if cost.campaign in self._closed:
            return "budget.closed"
        whole, own = self._touched(cost, branch)
        if min(whole.left, own.left) < cost.amount_fen:
            given_away = branch != HEAD_OFFICE and whole.left >= cost.amount_fen
            return "budget.branch_exhausted" if given_away else "budget.exhausted"
        if any(pot.left_today is not None and pot.left_today < cost.amount_fen for pot in (whole, own)):
            return "budget.day_exhausted"
        return None

    def _touched(self, cost: Cost, branch: str) -> tuple[Pot, Pot]:
        return self._pots[cost.campaign, WHOLE], self._pots[cost.campaign, branch]


def budget_faults(budget: BudgetDefinition) -> Iterator[Fault]:
    """What no ledger could ever satisfy, by path."""
    if budget.kept_fen < 0:
        detail = f"the shares are {-budget.kept_fen} fen more than total_fen"
        yield Fault("budget.branches", "campaign.shares_exceed_total", detail)
    if budget.daily_fen is not None and budget.daily_fen > budget.total_fen:
        yield Fault("budget.daily_fen", "campaign.day_exceeds_total", "must not exceed total_fen")
    if HEAD_OFFICE in budget.branches:
        detail = "head office keeps what is not given away"
        yield Fault(f"budget.branches.{HEAD_OFFICE}", "campaign.head_office_share", detail)
    for branch, daily in budget.branch_daily_fen.items():
        path = f"budget.branch_daily_fen.{branch}"
        if branch not in budget.branches:
            yield Fault(path, "campaign.unknown_branch", "this branch has no share in budget.branches")
        elif daily > min(budget.branches[branch], budget.daily_fen or daily):
            yield Fault(path, "campaign.day_exceeds_total", "must not exceed its share, nor daily_fen")


def ceilings(budget: BudgetDefinition) -> dict[str, tuple[int, int | None]]:
    """By branch: what the pot may cost for ever, and a day."""
    return {
        WHOLE: (budget.total_fen, budget.daily_fen),
        HEAD_OFFICE: (budget.kept_fen, None),
        **{branch: (share, budget.branch_daily_fen.get(branch)) for branch, share in budget.branches.items()},
    }


def spent_faults(budget: BudgetDefinition, used: Mapping[str, int], used_today: Mapping[str, int]) -> Iterator[Fault]:
    """Ceilings that lie below what is reserved and committed already, by path."""
    wanted = ceilings(budget)
    for branch in sorted({*wanted, *used, *used_today}):
        ceiling, daily = wanted.get(branch, (0, None))
        if branch == HEAD_OFFICE and not budget.branches:
            continue  # it keeps the whole, of which is spoken already
        if used.get(branch, 0) > ceiling:
            detail = f"{used[branch]} fen are reserved and committed, the ceiling would be {ceiling}"
            yield Fault(_path(branch), "campaign.budget_below_spent", detail)
        if daily is not None and used_today.get(branch, 0) > daily:
            detail = f"{used_today[branch]} fen are reserved and committed today"
            path = "budget.daily_fen" if branch == WHOLE else f"budget.branch_daily_fen.{branch}"
            yield Fault(path, "campaign.budget_below_spent", detail)


def _path(branch: str) -> str:
    return {WHOLE: "budget.total_fen", HEAD_OFFICE: "budget.branches"}.get(branch, f"budget.branches.{branch}")
