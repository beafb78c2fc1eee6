"""Which way a customer would go through a journey if they came in now. Nothing is done."""

from datetime import datetime

import msgspec

from domain import approvals, audiences, customers
from domain.journeys import rules, texts
from domain.journeys.book import Run
from domain.journeys.catalogue import KIND, JourneyVersion, compiled
from domain.journeys.definition import Effect, Wait, WaitFor
from domain.journeys.enter import may_enter
from domain.journeys.known import read_people
from domain.journeys.rules import Person, Way
from domain.journeys.states import Exit
from domain.journeys.walk import way_of
from domain.operators import OperatorIdentity
from kit import clock, database

MOST_STEPS = 100


class PreviewStep(msgspec.Struct, frozen=True):
    """A step they would leave by `exit` at `at`. `assumed`: it is taken for granted, as that what is given can be had,
    and that what is waited for does not happen.
    """

    step: str
    title: str
    type: str
    exit: str
    why: str
    assumed: bool
    at: datetime


class JourneyPreview(msgspec.Struct, frozen=True):
    """`enters`: whether they would be let in at all. A way that goes on for more than 100 steps is cut."""

    journey: str
    version: int
    enters: bool
    path: list[PreviewStep]


async def preview(code: str, customer_no: str, operator: OperatorIdentity) -> JourneyPreview:
    """By the latest version, be it a draft. Raises `NotFound` for a journey or customer of another branch."""
    version = compiled(await approvals.version_numbered(KIND, code, operator))
    who = await customers.seen_by(operator, customer_no)
    await audiences.catalogue.refresh()
    async with database.snapshot() as connection:
        people = await read_people(connection, [who.id], rules.conditions(version.definition))
        enters = await may_enter(connection, version, who.id)
    return JourneyPreview(code, version.number, enters, _path(version, who.id, people))


def _path(version: JourneyVersion, customer_id: int, people: dict[int, Person]) -> list[PreviewStep]:
    now, first = clock.now(), version.definition.first
    run = Run(0, customer_id, version, first, 0, now, rules.due_at(version.step(first), now), None, now)
    path: list[PreviewStep] = []
    while run.active and len(path) < MOST_STEPS:
        step, code = run.at, run.step
        now = max(now, run.due_at) if isinstance(step, Wait | WaitFor) else now
        way = way_of(run, people) or _given(run)
        assumed = isinstance(step, WaitFor | Effect)
        title, kind = texts.title_of(step), texts.kind_of(step)
        path.append(PreviewStep(code, title, kind, way.exit, texts.why(step, way.exit, None), assumed, now))
        run.go(way, now)
    return path


def _given(run: Run) -> Way:
    assert isinstance(run.at, Effect)
    return Way(Exit.DONE, run.at.next)
