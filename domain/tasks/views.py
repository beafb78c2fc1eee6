"""Tasks and claims as their customer sees them."""

from datetime import datetime

import msgspec

from domain import benefits, coupons
from domain.facts import RewardDue
from domain.tasks.catalogue import TaskVersion
from domain.tasks.conditions import Progress
from domain.tasks.definition import reward_due


class ClaimView(msgspec.Struct, frozen=True):
    """One claim as its owner sees it."""

    claim_id: int
    task: str
    state: str
    cycle: str
    claimed_at: datetime
    expires_at: datetime | None
    percent: int
    conditions: list[Progress]
    rule: str


class RewardView(msgspec.Struct, frozen=True):
    """One reward in the customer's words."""

    kind: str
    name: str
    amount: int


class TaskView(msgspec.Struct, frozen=True, eq=False, weakref=True):
    """One task with what this customer has done of it; `claim` is the one of the present cycle. `offered`: a pool
    recommends it to this customer.
    """

    version: TaskVersion
    state: str
    claim: ClaimView | None
    percent: int
    conditions: list[Progress]
    rewards: list[RewardView]
    offered: bool = False


def rewards_of(version: TaskVersion) -> list[RewardView]:
    """What completing a task earns."""
    return [RewardView(due.kind, reward_name(due), due.amount) for due in map(reward_due, version.definition.rewards)]


def reward_name(due: RewardDue) -> str:
    """What it is called, without its amount."""
    if due.kind == "coupon":
        return coupons.template_name(due.target or "")
    return benefits.benefit_name(due.target or "") if due.kind == "benefit" else "经验值"
