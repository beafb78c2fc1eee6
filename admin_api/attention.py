"""What needs somebody to look at it."""

from typing import Any, Literal

import msgspec
from sanic import Request

from admin_api.guard import Scope, access
from admin_api.shapes import Instant, number_or
from domain import events, intake, operators, outbox
from domain.operators import OperatorIdentity, Role
from kit import clock
from kit.http import Cursor, Page, Routes, page_bounds
from kit.http.types import next_cursor

FileState = Literal["missing", "waiting", "verified", "ingesting", "done", "late", "duplicate", "mismatching"]


class SuspendedEvent(msgspec.Struct):
    """A repeat that says something else: what we know under its id, field by field, and what it said."""

    received_at: Instant
    customer_no: str | None
    known: dict[str, Any]
    told: dict[str, Any]


class UnlinkedRefund(msgspec.Struct):
    """A refund, reversal or chargeback that links to no transaction of its customer."""

    event_id: str
    type: str
    customer_no: str | None
    occurred_at: Instant
    amount_fen: int
    mcc: str | None
    merchant: str | None
    original_event_id: str | None


class ParkedMessage(msgspec.Struct):
    """A message or row that could not be taken; card numbers in it are masked."""

    source: str
    position: str
    payload: str
    path: str
    code: str
    detail: str
    at: Instant


class ParkedFact(msgspec.Struct):
    """A fact that kept failing."""

    fact_id: str
    fact: str
    payload: dict[str, Any]
    attempts: int
    error: str | None
    created_at: Instant
    parked_at: Instant


class DailyFileView(msgspec.Struct):
    """A delivery of a T+1 file, or its absence."""

    name: str | None
    delivery: int
    business_date: str
    state: FileState
    rows: int | None
    accepted: int
    duplicates: int
    suspended: int
    rejected: int
    detail: str | None


class FileFilter(Cursor, forbid_unknown_fields=True):
    """Without `state` files in every state."""

    state: FileState | None = None


async def list_suspended_events(request: Request, query: Cursor, subject: OperatorIdentity) -> Page[SuspendedEvent]:
    """Repeats of known events with another content, newest first."""
    before, limit = page_bounds(query)
    found = await events.suspended(subject, before, limit + 1)
    items = [
        SuspendedEvent(clock.local_text(one.received_at), one.customer_no, one.known, one.told) for one in found[:limit]
    ]
    return Page(items, next_cursor(found, limit))


async def list_unlinked_refunds(request: Request, query: Cursor, subject: OperatorIdentity) -> Page[UnlinkedRefund]:
    """Refunds without a purchase, newest first; told after all, it takes them off this list."""
    before, limit = page_bounds(query)
    found = await events.unlinked(subject, before, limit + 1)
    items = [
        UnlinkedRefund(
            one.event_id,
            one.type,
            one.customer_no,
            clock.local_text(one.occurred_at),
            one.amount_fen,
            one.mcc,
            one.merchant_name or one.merchant_id,
            one.original_event_id,
        )
        for one in found[:limit]
    ]
    return Page(items, next_cursor(found, limit))


async def list_parked_messages(request: Request, query: Cursor, subject: OperatorIdentity) -> Page[ParkedMessage]:
    """Messages of streams and rows of files that are no acceptable events, newest first."""
    before, limit = page_bounds(query)
    found = await intake.parked(before, limit + 1)
    items = [
        ParkedMessage(one.source, one.position, one.payload, one.path, one.code, one.detail, clock.local_text(one.at))
        for one in found[:limit]
    ]
    return Page(items, next_cursor(found, limit))


async def list_daily_files(request: Request, query: FileFilter, subject: OperatorIdentity) -> Page[DailyFileView]:
    """T+1 files and missing days, newest first."""
    before, limit = page_bounds(query)
    found = await intake.files(query.state, before, limit + 1)
    items = [
        DailyFileView(
            one.name,
            one.delivery,
            one.business_date.isoformat(),
            one.state.value,
            one.rows,
            one.accepted,
            one.duplicates,
            one.suspended,
            one.rejected,
            one.detail,
        )
        for one in found[:limit]
    ]
    return Page(items, next_cursor(found, limit))


async def list_parked_facts(request: Request, query: Cursor, subject: OperatorIdentity) -> Page[ParkedFact]:
    """Facts that nobody could react to, newest first."""
    before, limit = page_bounds(query)
    found = await outbox.parked(before, limit + 1)
    items = [
        ParkedFact(
            str(one.id),
            one.fact,
            one.payload,
            one.attempts,
            one.error,
            clock.local_text(one.created_at),
            clock.local_text(one.parked_at),
        )
        for one in found[:limit]
    ]
    return Page(items, next_cursor(found, limit))


async def retry_parked_fact(request: Request, fact_id: str, subject: OperatorIdentity) -> None:
    """Let the relay try a parked fact again. Checkers of head office may."""
    await operators.retry_fact(subject, number_or(fact_id, operators.fact_not_found()))


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    tag, house = "attention", access(Scope.HEAD_OFFICE)
    room.route("GET", "/suspended-events", tag=tag, access=access(Scope.ROWS))(list_suspended_events)
    room.route("GET", "/unlinked-refunds", tag=tag, access=access(Scope.ROWS))(list_unlinked_refunds)
    room.route("GET", "/parked-messages", tag=tag, access=house)(list_parked_messages)
    room.route("GET", "/daily-files", tag=tag, access=house)(list_daily_files)
    room.route("GET", "/parked-facts", tag=tag, access=house)(list_parked_facts)
    room.route(
        "POST",
        "/parked-facts/{fact_id}/retry",
        tag=tag,
        status=204,
        errors=(404,),
        access=access(Scope.HEAD_OFFICE, Role.CHECKER),
    )(retry_parked_fact)
