"""Tasks and claims."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from sanic import Request

from api.explanation import ClaimExplanation, explanation_of
from api.origin import DEVICE, origin_of
from api.routes import Subject, customer_routes, number_of
from domain import tasks
from domain.tasks import Claimant, ClaimView, TaskView
from domain.tasks.conditions import Progress
from kit.errors import Forbidden, NotFound
from kit.http import Answer, Cursor, page_bounds
from kit.http.types import next_cursor

State = Literal["available", "claimed", "completed", "rewarded", "expired"]
Kind = Literal["newcomer", "daily", "growth"]


class ClaimRef(msgspec.Struct):
    """The claim of the present cycle."""

    claim_id: str
    claimed_at: datetime
    expires_at: datetime | None


class Condition(msgspec.Struct):
    """One condition: `current` and `target` in `unit` (fen, times, days, merchants, done)."""

    label: str
    current: int
    target: int
    unit: Literal["fen", "times", "days", "merchants", "done"]
    done: bool


class TaskProgress(msgspec.Struct):
    """How far all of it is; 100 only when done. `rule` says how several conditions belong together."""

    percent: int
    conditions: list[Condition]
    rule: str


class TaskReward(msgspec.Struct):
    """What completing it earns."""

    kind: Literal["experience", "coupon", "benefit"]
    name: str
    amount: int


class Task(msgspec.Struct):
    """A task with what this customer has done of it."""

    task: str
    name: str
    kind: Kind
    summary: str
    state: State
    claim_mode: Literal["manual", "automatic"]
    claim: ClaimRef | None
    progress: TaskProgress
    rewards: list[TaskReward]
    offered: bool
    """Recommended to this customer by what they completed."""


class PathStep(msgspec.Struct):
    """A task of the same chain or pool. One this customer has no page of yet has no code, and one that is not for them
    no name either. `choice`: one of several that may follow.
    """

    task: str | None
    name: str | None
    state: Literal["done", "now", "next", "expired"]
    choice: bool


class TaskPage(msgspec.Struct):
    """A page of tasks."""

    items: list[Task]
    next_cursor: str | None


class TaskDetail(Task):
    """All of a task."""

    description: str
    from_: datetime | None = msgspec.field(name="from", default=None)
    until: datetime | None = None
    days_to_finish: int | None = None
    path: list[PathStep] = []


class Claim(msgspec.Struct):
    """A claim that was made; `state` is never available."""

    claim_id: str
    task: str
    state: State
    cycle: str
    claimed_at: datetime
    expires_at: datetime | None


class ClaimDetail(Claim):
    """A claim with its progress."""

    progress: TaskProgress


class TaskQuery(Cursor, forbid_unknown_fields=True):
    """Filter and paging."""

    state: State | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 100


@customer_routes.route("GET", "/tasks", tag="task")
async def list_tasks(request: Request, query: TaskQuery, subject: Subject) -> TaskPage:
    """The tasks this customer sees, with progress; what is recommended to them first."""
    # A customer may see hundreds of tasks and have begun a few: what is the same for everybody is encoded once.
    after, limit = page_bounds(query)
    views = await tasks.tasks_of(subject.customer_id, subject.channel)
    wanted = views
    if query.state is not None or after is not None:
        wanted = [
            view
            for view in views
            if (query.state is None or view.state == query.state) and (after is None or _place(view) > after)
        ]
    following = next_cursor(wanted, limit, _place)
    page = wanted[:limit]
    if subject.bound:
        request.app.ctx.sightings.note(subject.customer_id, page)
    items = [_encoded.get(view) or _item(view) for view in page]
    return TaskPage(items, following)  # type: ignore[arg-type]  # Raw is an encoded Task


@customer_routes.route("GET", "/tasks/{task}", tag="task", errors=(404,))
async def read_task(request: Request, task: str, subject: Subject) -> TaskDetail:
    """One task."""
    view = await tasks.task_of(subject.customer_id, subject.channel, task)
    if subject.bound:
        request.app.ctx.sightings.note(subject.customer_id, [view])
    path = await tasks.path_of(subject.customer_id, subject.channel, task)
    definition = view.version.definition
    return TaskDetail(
        **msgspec.structs.asdict(_task(view)),
        description=definition.description,
        from_=definition.claim.from_,
        until=definition.claim.until,
        days_to_finish=definition.claim.days_to_finish,
        path=[PathStep(step.task, step.name, step.state, step.choice) for step in path],
    )


@customer_routes.route(
    "POST",
    "/tasks/{task}/claims",
    tag="task",
    status=201,
    also=(200,),
    errors=(403, 404, 409, 429, 503),
    headers=(DEVICE,),
    shielded=False,
)
async def claim_task(request: Request, task: str, subject: Subject) -> Answer[Claim]:
    """Claim a task. A repeat answers 200 with the same claim."""
    if not subject.bound:
        raise Forbidden("customer.not_bound", "请先绑定信用卡，再领取任务")
    claimant = Claimant(subject.customer_id, task, subject.channel, origin_of(request, subject))
    made = await request.app.ctx.claims.submit(claimant)
    claim = Claim(str(made.claim_id), made.task, made.state, made.cycle, made.claimed_at, made.expires_at)
    return Answer(claim, status=201 if made.created else 200)


@customer_routes.route("GET", "/claims/{claim_id}", tag="task", errors=(404,))
async def read_claim(request: Request, claim_id: str, subject: Subject) -> ClaimDetail:
    """One of this customer's claims."""
    number = number_of(claim_id, NotFound("claim.not_found", "没有这条领取记录"))
    view = await tasks.claim_of(subject.customer_id, number)
    return ClaimDetail(
        claim_id=str(view.claim_id),
        task=view.task,
        state=view.state,  # type: ignore[arg-type]
        cycle=view.cycle,
        claimed_at=view.claimed_at,
        expires_at=view.expires_at,
        progress=TaskProgress(view.percent, _conditions(view.conditions), view.rule),
    )


@customer_routes.route("GET", "/claims/{claim_id}/explanation", tag="task", errors=(404,))
async def explain_claim(request: Request, claim_id: str, subject: Subject) -> ClaimExplanation:
    """Why a claim has not moved.

    Per condition: what is missing and by when, the latest transactions that counted, and those that did not and why.
    """
    number = number_of(claim_id, NotFound("claim.not_found", "没有这条领取记录"))
    return explanation_of(await tasks.explain(subject.customer_id, number))


_UNOFFERED = 2**62


def _place(view: TaskView) -> int:
    """Where a task stands in the list, as a number that grows: all that are offered come before all that are not."""
    return view.version.id if view.offered else _UNOFFERED + view.version.id


_MOST_ENCODED = 10_000
_encoded: dict[TaskView, msgspec.Raw] = {}
"""Views nobody has begun, which are the same objects for everybody until the live set changes."""


def _item(view: TaskView) -> Task | msgspec.Raw:
    if view.claim is not None:
        return _task(view)
    if len(_encoded) >= _MOST_ENCODED:
        _encoded.clear()
    encoded = _encoded[view] = msgspec.Raw(msgspec.json.encode(_task(view)))
    return encoded


def _task(view: TaskView) -> Task:
    definition = view.version.definition
    return Task(
        task=view.version.code,
        name=definition.name,
        kind=definition.kind,
        summary=definition.summary,
        state=view.state,  # type: ignore[arg-type]
        claim_mode="automatic" if definition.claim.automatic else "manual",
        claim=_claim_ref(view.claim),
        progress=TaskProgress(view.percent, _conditions(view.conditions), view.version.program.rule),
        rewards=[TaskReward(reward.kind, reward.name, reward.amount) for reward in view.rewards],  # type: ignore[arg-type]
        offered=view.offered,
    )


def _claim_ref(claim: ClaimView | None) -> ClaimRef | None:
    return ClaimRef(str(claim.claim_id), claim.claimed_at, claim.expires_at) if claim else None


def _conditions(progress: list[Progress]) -> list[Condition]:
    return [Condition(p.label, p.current, p.target, p.unit, p.done) for p in progress]  # type: ignore[arg-type]
