"""What operators see of a supplier: differences, parked usage, requests that wait."""

from datetime import date, datetime

import msgspec

from domain import approvals
from domain.operators import OperatorIdentity
from kit import database

KIND = "suppliers"


class Delivery(msgspec.Struct, frozen=True):
    """The last delivery of a day's file: `taken` or `mismatching`."""

    state: str
    delivery: int
    digest: str
    rows: int
    rejected: int
    detail: str | None
    taken_at: datetime


class Difference(msgspec.Struct, frozen=True):
    """One difference; `ours` and `theirs` say where a thing stands in which book."""

    id: int
    kind: str
    record_no: str | None
    request_no: str | None
    grant_id: int | None
    ours: str | None
    theirs: str | None
    ours_cost_fen: int | None
    theirs_cost_fen: int | None


class Reconciliation(msgspec.Struct, frozen=True):
    """A day; `file` is None where none has come."""

    file: Delivery | None
    counts: dict[str, int]
    differences: list[Difference]


class ParkedUsage(msgspec.Struct, frozen=True):
    """A usage that brought no grant forward, and why."""

    id: int
    usage_no: str
    request_no: str | None
    used_at: datetime
    cost_fen: int | None
    way: str
    reason: str
    grant_id: int | None
    received_at: datetime


class WaitingRequest(msgspec.Struct, frozen=True):
    """A request whose outcome is not known yet."""

    id: int
    request_no: str
    grant_id: int
    product: str
    attempts: int
    next_at: datetime
    failure: str | None
    created_at: datetime


async def reconciliation(
    operator: OperatorIdentity, supplier: str, day: date, after: int | None, limit: int
) -> Reconciliation:
    """The day's differences, from above the id `after`. Raises `NotFound`, also for another branch's supplier."""
    await approvals.read(KIND, supplier, operator)
    file = await database.fetchrow(
        """SELECT state, delivery, digest, rows, rejected, detail, taken_at FROM supplier_file
           WHERE supplier = $1 AND day = $2 ORDER BY delivery DESC LIMIT 1""",
        supplier,
        day,
    )
    counts = await database.fetch(
        "SELECT kind, count(*) FROM supplier_difference WHERE supplier = $1 AND day = $2 GROUP BY kind", supplier, day
    )
    rows = await database.fetch(
        f"""SELECT {", ".join(Difference.__struct_fields__)} FROM supplier_difference
            WHERE supplier = $1 AND day = $2 AND id > $3 ORDER BY id LIMIT $4""",
        supplier,
        day,
        after or 0,
        limit,
    )
    return Reconciliation(
        Delivery(*file) if file else None, {row[0]: row[1] for row in counts}, [Difference(*row) for row in rows]
    )


async def parked_usages(operator: OperatorIdentity, supplier: str, before: int | None, limit: int) -> list[ParkedUsage]:
    """Newest first, from below the id `before`. Raises `NotFound`."""
    await approvals.read(KIND, supplier, operator)
    rows = await database.fetch(
        f"""SELECT {", ".join(ParkedUsage.__struct_fields__)} FROM supplier_usage
            WHERE supplier = $1 AND state = 'parked' AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3""",
        supplier,
        before,
        limit,
    )
    return [ParkedUsage(*row) for row in rows]


async def waiting_requests(
    operator: OperatorIdentity, supplier: str, after: int | None, limit: int
) -> list[WaitingRequest]:
    """Oldest first, from above the id `after`. Raises `NotFound`."""
    await approvals.read(KIND, supplier, operator)
    rows = await database.fetch(
        f"""SELECT {", ".join(WaitingRequest.__struct_fields__)} FROM supplier_request
            WHERE supplier = $1 AND state = 'waiting' AND id > $2 ORDER BY id LIMIT $3""",
        supplier,
        after or 0,
        limit,
    )
    return [WaitingRequest(*row) for row in rows]
