"""What there is to see of a supplier: where its file and our books differ, parked usage, requests that wait."""

from datetime import date

import msgspec
from sanic import Request

from admin_api.guard import Scope, access
from admin_api.shapes import Instant
from domain import suppliers
from domain.operators import OperatorIdentity
from domain.suppliers import Difference, ParkedUsage, WaitingRequest
from kit import clock
from kit.http import Cursor, Page, Routes, page_bounds
from kit.http.types import next_cursor


class DayQuery(Cursor, forbid_unknown_fields=True):
    """Which day's file, in Shanghai; yesterday's without one."""

    day: date | None = None


class DifferenceView(msgspec.Struct):
    """One difference of `kind` `ours_only`, `theirs_only`, `state_differs`, `cost_differs` or `code_unknown`."""

    kind: str
    record_no: str | None
    request_no: str | None
    grant_id: str | None
    ours: str | None
    theirs: str | None
    ours_cost_fen: int | None
    theirs_cost_fen: int | None


class FileView(msgspec.Struct):
    """The last delivery of the day's file; a `mismatching` one was not taken, `detail` says why."""

    state: str
    delivery: int
    digest: str
    rows: int
    rejected: int
    detail: str | None
    taken_at: Instant


class ReconciliationView(msgspec.Struct):
    """A day: its file (null: none has come), how many differences of each kind, and a page of them."""

    supplier: str
    day: date
    file: FileView | None
    counts: dict[str, int]
    items: list[DifferenceView]
    next_cursor: str | None


class ParkedUsageView(msgspec.Struct):
    """A usage that brought no grant forward; `reason` says why."""

    usage_no: str
    request_no: str | None
    grant_id: str | None
    used_at: Instant
    cost_fen: int | None
    way: str
    reason: str
    received_at: Instant


class WaitingRequestView(msgspec.Struct):
    """A request whose outcome is not known yet; asked again at `next_at`."""

    request_no: str
    grant_id: str
    product: str
    attempts: int
    next_at: Instant
    failure: str | None
    created_at: Instant


async def read_reconciliation(
    request: Request, code: str, query: DayQuery, subject: OperatorIdentity
) -> ReconciliationView:
    """Our ledger, our stock and the supplier's file of a day, side by side."""
    after, limit = page_bounds(query)
    day = query.day or clock.yesterday()
    found = await suppliers.reconciliation(subject, code, day, after, limit + 1)
    items = found.differences
    file = found.file
    return ReconciliationView(
        code,
        day,
        FileView(**{**msgspec.structs.asdict(file), "taken_at": clock.local_text(file.taken_at)}) if file else None,
        found.counts,
        [_difference(one) for one in items[:limit]],
        next_cursor(items, limit),
    )


async def list_parked_usages(
    request: Request, code: str, query: Cursor, subject: OperatorIdentity
) -> Page[ParkedUsageView]:
    """What the supplier told used and fits no grant of ours, newest first."""
    before, limit = page_bounds(query)
    found = await suppliers.parked_usages(subject, code, before, limit + 1)
    following = next_cursor(found, limit)
    return Page([_usage(one) for one in found[:limit]], following)


async def list_waiting_requests(
    request: Request, code: str, query: Cursor, subject: OperatorIdentity
) -> Page[WaitingRequestView]:
    """What the supplier was asked, or is to be asked, to issue and has not answered, oldest first."""
    after, limit = page_bounds(query)
    found = await suppliers.waiting_requests(subject, code, after, limit + 1)
    following = next_cursor(found, limit)
    return Page([_request(one) for one in found[:limit]], following)


def _difference(one: Difference) -> DifferenceView:
    grant_id = None if one.grant_id is None else str(one.grant_id)
    return DifferenceView(
        one.kind,
        one.record_no,
        one.request_no,
        grant_id,
        one.ours,
        one.theirs,
        one.ours_cost_fen,
        one.theirs_cost_fen,
    )


def _usage(one: ParkedUsage) -> ParkedUsageView:
    return ParkedUsageView(
        one.usage_no,
        one.request_no,
        None if one.grant_id is None else str(one.grant_id),
        clock.local_text(one.used_at),
        one.cost_fen,
        one.way,
        one.reason,
        clock.local_text(one.received_at),
    )


def _request(one: WaitingRequest) -> WaitingRequestView:
    return WaitingRequestView(
        one.request_no,
        str(one.grant_id),
        one.product,
        one.attempts,
        clock.local_text(one.next_at),
        one.failure,
        clock.local_text(one.created_at),
    )


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    seen = access(Scope.ONE)
    room.route("GET", "/suppliers/{code}/reconciliation", tag="suppliers", errors=(404,), access=seen)(
        read_reconciliation
    )
    room.route("GET", "/suppliers/{code}/parked-usages", tag="suppliers", errors=(404,), access=seen)(
        list_parked_usages
    )
    room.route("GET", "/suppliers/{code}/waiting-requests", tag="suppliers", errors=(404,), access=seen)(
        list_waiting_requests
    )
