"""A task brought to customers by something other than a completion: offered to them, or claimed for them."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from domain import approvals, customers, experience
from domain.customers import Profile
from domain.tasks import offers, rules
from domain.tasks.book import OpenClaim
from domain.tasks.catalogue import TaskVersion, catalogue
from domain.tasks.held import held
from domain.tasks.make import make, new_claim
from kit import clock
from kit.database import Connection


class TaskOrder(msgspec.Struct, frozen=True):
    """A task for a customer, claimed for them or offered. `source` names what caused it (at most 80 characters)."""

    customer_id: int
    task: str
    claim: bool
    source: str


async def push_tasks(connection: Connection, orders: Sequence[TaskOrder]) -> list[str | None]:
    """For each order None where it was followed, else why not; first come first served, one that fails, fails alone:
    `task.not_offered` (not live, or claiming is over), `task.not_visible`, `task.held` (they have it),
    `task.offered_already`, `task.outside_claim_window`, `task.no_places`.

    An offer is made once for its source. The caller holds the customers' locks. Shares the live set, then locks places
    of tasks.
    """
    if not orders:
        return []
    await catalogue.follow(await approvals.share_live_set(connection))
    now = clock.now()
    ids = sorted({order.customer_id for order in orders})
    desk = _Desk(
        await customers.profiles(connection, ids),
        await experience.ranks(connection, ids),
        await held(connection, ids, {order.task for order in orders}, now),
        await offers.open_to(connection, ids),
        now,
    )
    refusals = [desk.decide(order) for order in orders]
    full = {(claim.customer_id, claim.version.code) for claim in await make(connection, desk.claims, now)}
    await offers.offer(connection, [(one.customer_id, one.task, one.source) for one in desk.offered])
    return [
        refusal or ("task.no_places" if order.claim and (order.customer_id, order.task) in full else None)
        for order, refusal in zip(orders, refusals, strict=True)
    ]


class _Desk:
    """Decides orders one after the other, each seeing those before it."""

    def __init__(
        self,
        profiles: dict[int, Profile],
        ranks: dict[int, int],
        held: set[tuple[int, str]],
        open: set[tuple[int, str]],
        now: datetime,
    ) -> None:
        self._profiles, self._ranks, self._held, self._open, self._now = profiles, ranks, held, open, now
        self.claims: list[OpenClaim] = []
        self.offered: list[TaskOrder] = []

    def decide(self, order: TaskOrder) -> str | None:
        version = catalogue.live.get(order.task)
        if version is None or not rules.not_over(version.definition, self._now):
            return "task.not_offered"
        refusal = self._why_not(order, version)
        if refusal is not None:
            return refusal
        key = (order.customer_id, order.task)
        if order.claim:
            self._held.add(key)
            self.claims.append(new_claim(self._profiles[order.customer_id], version, 1, self._now))
        else:
            self._open.add(key)
            self.offered.append(order)
        return None

    def _why_not(self, order: TaskOrder, version: TaskVersion) -> str | None:
        who, key = order.customer_id, (order.customer_id, order.task)
        profile, rank = self._profiles[who], self._ranks.get(who, 0)
        if key in self._held:
            return "task.held"
        if not version.open_to(who) or not rules.visible(version.definition, profile, rank, None):
            return "task.not_visible"
        if order.claim:
            return None if rules.in_claim_window(version.definition, self._now) else "task.outside_claim_window"
        return "task.offered_already" if key in self._open else None
