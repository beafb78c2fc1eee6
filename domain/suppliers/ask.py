"""Ask suppliers to issue what was granted, as often as it takes, always under the same request number."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import msgspec

from domain import benefits, ports
from domain.benefits import Standing, Supplier, SupplierApi
from domain.ports import SupplierIssue
from domain.suppliers import gates, rules
from domain.suppliers.conclude import Concluded, conclude
from kit import clock, database, logging
from kit.database import Connection

log = logging.get("suppliers")
BATCH = 50


class Request(msgspec.Struct, frozen=True):
    """A request that is due; `attempts` counts those before."""

    id: int
    request_no: str
    product: str
    attempts: int

    @property
    def calls(self) -> int:
        """How many calls it may take: whoever asks again looks first whether the request has arrived."""
        return 2 if self.attempts else 1


async def ask_suppliers() -> int:
    """Ask every supplier for some of what is due, within its rate and unless it is left alone; returns how many
    requests came to an end. Any number of workers may run it at once: a request is issued once whatever happens.

    While a supplier is suspended nothing new is asked for: what it was asked for before is only asked about. What an
    exited one has not issued is failed.
    """
    await benefits.catalogue.refresh()
    waiting = await database.fetch(
        "SELECT DISTINCT supplier FROM supplier_request WHERE state = 'waiting' AND next_at <= $1", clock.now()
    )
    known = [benefits.catalogue.suppliers[row[0]] for row in waiting if row[0] in benefits.catalogue.suppliers]
    ended = await asyncio.gather(*(_ask(supplier) for supplier in known), return_exceptions=True)
    for supplier, outcome in zip(known, ended, strict=True):
        if isinstance(outcome, BaseException):
            log.error("supplier.asking_failed", supplier=supplier.code, exc_info=outcome)
    return sum(one for one in ended if isinstance(one, int))


async def _ask(supplier: Supplier) -> int:
    limits = supplier.definition.api
    if limits is None:
        return 0
    now = clock.now()
    due = await database.retried(lambda: _take(supplier, limits, now))
    if not due:
        return 0
    answered: list[bool] = []
    outcomes = await asyncio.gather(*(_outcome(supplier, limits, request, answered) for request in due))
    concluded = [one for one in outcomes if one is not None]
    refused = sum(one.answer is not None and one.answer.state == "refused" for one in concluded)
    if answered:
        await gates.hear(supplier.code, limits, answered, refused, clock.now())
    return await conclude(supplier, concluded)


async def _take(supplier: Supplier, limits: SupplierApi, now: datetime) -> list[Request]:
    """Requests to ask now, put off until their next turn: should this process die, they are asked about then."""
    async with database.transaction() as connection:
        gate = await gates.lock(connection, supplier.code, limits, now)
        due = await _due(connection, supplier, now)
        if not due:
            return []
        allowed, gate = rules.admit(gate, limits, now)
        taken = _within(due[: allowed.requests], allowed.calls, free=supplier.standing is Standing.EXITED)
        await gates.store(connection, supplier.code, rules.spent(gate, _calls(supplier, taken)))
        await connection.execute(
            """UPDATE supplier_request r SET attempts = r.attempts + 1, next_at = t.next_at
               FROM unnest($1::bigint[], $2::timestamptz[]) AS t (id, next_at) WHERE r.id = t.id""",
            [one.id for one in taken],
            [now + rules.wait_after(one.attempts + 1) for one in taken],
        )
        return taken


async def _due(connection: Connection, supplier: Supplier, now: datetime) -> list[Request]:
    rows = await connection.fetch(
        """SELECT r.id, r.request_no, r.product, r.attempts FROM supplier_request r
           JOIN benefit_grant g ON g.id = r.grant_id
           WHERE r.supplier = $1 AND r.state = 'waiting' AND r.next_at <= $2 AND (r.attempts > 0 OR $3)
             AND (r.attempts > 0 OR g.benefit <> ALL($4::text[]))
           ORDER BY r.next_at, r.id LIMIT $5 FOR NO KEY UPDATE OF r SKIP LOCKED""",
        supplier.code,
        now,
        supplier.standing is not Standing.SUSPENDED,
        _substituted(supplier),
        BATCH,
    )
    return [Request(*row) for row in rows]


def _substituted(supplier: Supplier) -> list[str]:
    """Benefits of which never-asked requests are left to `substitute`."""
    leaving = supplier.definition.exit
    return list(leaving.substitute) if leaving and supplier.standing is Standing.EXITED else []


def _within(due: Sequence[Request], allowed: int, *, free: bool) -> list[Request]:
    """The first of them that so many calls are enough for; what never was asked is `free` where nobody will be."""
    taken: list[Request] = []
    for request in due:
        calls = 0 if free and not request.attempts else request.calls
        if calls > allowed:
            break
        allowed -= calls
        taken.append(request)
    return taken


def _calls(supplier: Supplier, taken: Sequence[Request]) -> int:
    free = supplier.standing is Standing.EXITED
    return sum(0 if free and not one.attempts else one.calls for one in taken)


async def _outcome(supplier: Supplier, limits: SupplierApi, request: Request, answered: list[bool]) -> Concluded | None:
    """What the supplier says of a request; None while the outcome is unknown. Notes each call in `answered`."""
    admitted = supplier.standing is Standing.ADMITTED
    known: SupplierIssue | None = None
    url = limits.url.rstrip("/")
    try:
        if request.attempts:
            known = await ports.suppliers().query(supplier.code, url, request.request_no)
            answered.append(True)
        if known is None and admitted:
            known = await ports.suppliers().issue(supplier.code, url, request.request_no, request.product)
            answered.append(True)
    except ports.NoAnswer:
        answered.append(False)
        return None
    if known is None:
        # The supplier has never seen it: one that exited will not issue it any more.
        return Concluded(request.id, None) if supplier.standing is Standing.EXITED else None
    return None if known.state == "processing" else Concluded(request.id, known)
