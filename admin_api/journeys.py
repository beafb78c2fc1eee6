"""Journeys as operators follow them: how one goes, a customer's way through all of theirs, the way one would go."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from sanic import Request

from admin_api.guard import Scope, access
from admin_api.shapes import Instant
from domain import customers, journeys
from domain.operators import OperatorIdentity
from kit import clock
from kit.http import Cursor, Page, Routes, page_bounds
from kit.http.types import next_cursor

_EXAMPLE = {"customer_no": "C0000000001"}


class PathLine(msgspec.Struct):
    """A step the customer has left: by which exit, why, and when."""

    step: str
    title: str
    type: str
    exit: str
    code: str | None
    why: str
    at: Instant


class CustomerJourney(msgspec.Struct):
    """A customer's way through one version of a journey. While it is active they stand on `step`, until `due_at` at the
    latest; `paused` where nothing goes on meanwhile.
    """

    run_id: str
    journey: str
    name: str
    version: int
    state: Literal["active", "ended"]
    paused: bool
    cause: str
    step: str
    title: str
    waiting_for: str | None
    entered_at: Instant
    due_at: Instant | None
    ended_at: Instant | None
    end_reason: str | None
    goal_at: Instant | None
    path: list[PathLine]


class WhoseWay(msgspec.Struct, forbid_unknown_fields=True):
    """Whose way is asked for."""

    customer_no: Annotated[str, Meta(min_length=1, max_length=32)]


class PreviewLine(msgspec.Struct):
    """A step they would leave by `exit` at `at`. `assumed`: taken for granted, as that what is given can be had, and
    that what is waited for does not happen.
    """

    step: str
    title: str
    type: str
    exit: str
    why: str
    assumed: bool
    at: Instant


class JourneyPreview(msgspec.Struct):
    """`enters`: whether they would be let in at all."""

    journey: str
    version: int
    enters: bool
    path: list[PreviewLine]


async def get_journey_report(request: Request, code: str, subject: OperatorIdentity) -> journeys.JourneyReport:
    """Who came in, where they stand, by which exits they left: of the customers of the operator's branch."""
    return await journeys.report(code, subject)


async def preview_journey(request: Request, code: str, body: WhoseWay, subject: OperatorIdentity) -> JourneyPreview:
    """Which way a customer would go through the latest version if they came in now. Nothing is done."""
    found = await journeys.preview(code, body.customer_no, subject)
    path = [
        PreviewLine(one.step, one.title, one.type, one.exit, one.why, one.assumed, clock.local_text(one.at))
        for one in found.path
    ]
    return JourneyPreview(found.journey, found.version, found.enters, path)


async def list_customer_journeys(
    request: Request, customer_no: str, query: Cursor, subject: OperatorIdentity
) -> Page[CustomerJourney]:
    """Every journey of a customer with every step of the way, newest first."""
    who = await customers.seen_by(subject, customer_no)
    before, limit = page_bounds(query)
    found = await journeys.runs_of(who.id, before, limit + 1)
    following = next_cursor(found, limit)
    return Page([_shown(run) for run in found[:limit]], following)


def _shown(run: journeys.JourneyRun) -> CustomerJourney:
    return CustomerJourney(
        run_id=str(run.id),
        journey=run.journey,
        name=run.name,
        version=run.version,
        state="active" if run.state == "active" else "ended",
        paused=run.paused,
        cause=run.cause,
        step=run.step,
        title=run.title,
        waiting_for=run.waiting_for,
        entered_at=clock.local_text(run.entered_at),
        due_at=clock.local_text(run.due_at) if run.due_at else None,
        ended_at=clock.local_text(run.ended_at) if run.ended_at else None,
        end_reason=run.end_reason,
        goal_at=clock.local_text(run.goal_at) if run.goal_at else None,
        path=[
            PathLine(one.step, one.title, one.type, one.exit, one.code, one.why, clock.local_text(one.at))
            for one in run.path
        ],
    )


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    one, seen = "/journeys/{code}", access(Scope.ONE)
    room.route("GET", f"{one}/report", tag="journeys", errors=(404,), access=seen)(get_journey_report)
    asked = access(Scope.ONE, changes=False)
    room.route("POST", f"{one}/preview", tag="journeys", errors=(404,), example=_EXAMPLE, access=asked)(preview_journey)
    room.route("GET", "/customers/{customer_no}/journeys", tag="customers", errors=(404,), access=seen)(
        list_customer_journeys
    )
