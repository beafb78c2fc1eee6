"""What a version of a task in the making would do, before it is approved."""

from typing import Literal

import msgspec
from sanic import Request

from admin_api.guard import Scope, access
from admin_api.shapes import Instant
from domain import tasks
from domain.operators import OperatorIdentity
from kit import clock
from kit.http import Routes


class ImpactExample(msgspec.Struct):
    """One claim whose progress would change, in percent."""

    customer_no: str
    before: int
    after: int


class TaskReach(msgspec.Struct):
    """Customers within the audiences of the task, all else aside: of the live version (null where there is none), of
    the one in the making, and how many begin to see it, or do not any more.
    """

    before: int | None
    after: int
    gained: int
    lost: int


class TaskImpact(msgspec.Struct):
    """How the running claims on older versions would fare on this one. With `stay` nothing of it will happen; completed
    and expired claims are never touched. `sampled` where there are more than could be looked at one by one: the
    numbers are then scaled from the `looked_at`. Counts are of every customer, examples of the operator's own branch.
    """

    live_version: int | None
    draft_version: int
    choice: Literal["stay", "migrate"]
    running_claims: int
    would_complete: int
    would_gain: int
    would_lose: int
    would_stay: int
    sampled: bool
    looked_at: int
    computed_at: Instant
    examples: list[ImpactExample]
    reach: TaskReach


async def get_task_impact(request: Request, code: str, subject: OperatorIdentity) -> TaskImpact:
    """What approving the version in the making would do to running claims, computed now from stored events."""
    found = await tasks.impact(code, subject)
    return TaskImpact(
        live_version=found.live_version,
        draft_version=found.draft_version,
        choice=found.choice,  # type: ignore[arg-type]
        running_claims=found.running_claims,
        would_complete=found.would_complete,
        would_gain=found.would_gain,
        would_lose=found.would_lose,
        would_stay=found.would_stay,
        sampled=found.sampled,
        looked_at=found.looked_at,
        computed_at=clock.local_text(found.computed_at),
        examples=[ImpactExample(one.customer_no, one.before, one.after) for one in found.examples],
        reach=TaskReach(found.reach.before, found.reach.after, found.reach.gained, found.reach.lost),
    )


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    room.route("GET", "/tasks/{code}/impact", tag="tasks", errors=(404, 409), access=access(Scope.ONE))(get_task_impact)
