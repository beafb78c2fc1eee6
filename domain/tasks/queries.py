"""What a customer's pages show of tasks and claims."""

from datetime import datetime

import msgspec

from domain import coupons, customers, experience
from domain.customers import Profile
from domain.tasks import offers, rules
from domain.tasks.catalogue import TaskVersion, catalogue, decode_states
from domain.tasks.conditions import Progress
from domain.tasks.states import ClaimState, shown
from kit import clock, database
from kit.database import Record
from kit.errors import NotFound


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


_CLAIM = """id, task, version_id, state, cycle, progress, claimed_at, expires_at"""


async def tasks_of(customer_id: int, channel: str) -> list[TaskView]:
    """Every task this customer sees now, and every other one they hold a claim of; what is offered to them comes
    first, then the oldest version.
    """
    await _fresh_catalogue()
    now = clock.now()
    async with database.connection() as connection:
        profile = (await customers.profiles(connection, [customer_id]))[customer_id]
        rank = (await experience.ranks(connection, [customer_id])).get(customer_id, 0)
        rows = await connection.fetch(
            f"""SELECT DISTINCT ON (task) {_CLAIM} FROM claim WHERE customer_id = $1
                ORDER BY task, claimed_at DESC, turn DESC""",
            customer_id,
        )
        offered = {task for _, task in await offers.open_to(connection, [customer_id])}
    await catalogue.know(row["version_id"] for row in rows)
    views = [_view(catalogue.version(row["version_id"]), row, now) for row in rows if _present(row, now)]
    shown_already = {view.version.code for view in views}
    views += [
        _recommended(_untouched.view(version)) if version.code in offered else _untouched.view(version)
        for version in catalogue.live.values()
        if version.code not in shown_already
        and _open(version, profile, rank, channel, now)
        and (version.code in offered or not version.definition.claim.offered_only)
    ]
    return sorted(views, key=lambda view: (not view.offered, view.version.id))


def _recommended(view: TaskView) -> TaskView:
    return msgspec.structs.replace(view, offered=True)


class _Untouched:
    """The views of tasks a customer has not begun: the same for everybody, so made once for each live set."""

    def __init__(self) -> None:
        self._made_for = (-1, -1)
        self._views: dict[int, TaskView] = {}

    def view(self, version: TaskVersion) -> TaskView:
        live_set = (catalogue.revision, coupons.catalogue.revision)
        if live_set != self._made_for:
            self._made_for, self._views = live_set, {}
        known = self._views.get(version.id)
        if known is None:
            nothing = version.program.start()
            progress, rewards = version.program.progress(nothing), _rewards(version)
            known = self._views[version.id] = TaskView(version, "available", None, 0, progress, rewards)
        return known


_untouched = _Untouched()


def _open(version: TaskVersion, profile: Profile, rank: int, channel: str, now: datetime) -> bool:
    definition = version.definition
    return rules.not_over(definition, now) and rules.visible(definition, profile, rank, channel)


def _present(row: Record, now: datetime) -> bool:
    """Whether a claim is of the cycle the task is in now, or still runs."""
    version = catalogue.version(row["version_id"])
    running = row["state"] == "claimed" and (row["expires_at"] is None or now < row["expires_at"])
    return running or row["cycle"] == rules.cycle_of(version.definition, now)


async def task_of(customer_id: int, channel: str, code: str) -> TaskView:
    """One of `tasks_of`. Raises `NotFound`."""
    for view in await tasks_of(customer_id, channel):
        if view.version.code == code:
            return view
    raise NotFound("task.not_found", "没有这个任务")


async def claim_of(customer_id: int, claim_id: int) -> ClaimView:
    """One claim of this customer. Raises `NotFound`, also for somebody else's."""
    row = await database.fetchrow(
        f"SELECT {_CLAIM} FROM claim WHERE id = $1 AND customer_id = $2", claim_id, customer_id
    )
    if row is None:
        raise NotFound("claim.not_found", "没有这条领取记录")
    await catalogue.know([row["version_id"]])
    return _claim_view(row, catalogue.version(row["version_id"]), clock.now())


async def _fresh_catalogue() -> None:
    if catalogue.revision < 0:
        await catalogue.refresh()


def _view(version: TaskVersion, row: Record, now: datetime) -> TaskView:
    claim = _claim_view(row, version, now)
    return TaskView(version, claim.state, claim, claim.percent, claim.conditions, _rewards(version))


def _claim_view(row: Record, version: TaskVersion, now: datetime) -> ClaimView:
    expired = row["expires_at"] is not None and row["expires_at"] <= now
    states = decode_states(row["progress"])
    return ClaimView(
        row["id"],
        row["task"],
        shown(ClaimState(row["state"]), expired),
        row["cycle"],
        row["claimed_at"],
        row["expires_at"],
        version.program.percent(states),
        version.program.progress(states),
    )


def _rewards(version: TaskVersion) -> list[RewardView]:
    return [
        RewardView("experience", "经验值", reward.experience)
        if reward.experience
        else RewardView("coupon", coupons.template_name(reward.coupon or ""), 1)
        for reward in version.definition.rewards
    ]
