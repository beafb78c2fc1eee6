"""Suppliers tell what was used: by callback and by file, several times, in any order; it counts once."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from domain import benefits, customers
from domain.benefits import GrantState
from domain.suppliers import rules
from domain.suppliers.locks import hold_usages
from kit import clock, database
from kit.database import Connection


class Usage(msgspec.Struct, frozen=True):
    """A benefit was used: of exactly one of `request_no` and `code`. `usage_no` is the supplier's own number."""

    usage_no: str
    used_at: datetime
    request_no: str | None = None
    code: str | None = None
    cost_fen: int | None = None


class UsageOutcome(msgspec.Struct, frozen=True):
    """`taken`, `duplicate`, or `parked` with the reason."""

    state: str
    reason: str | None = None


class _Found(msgspec.Struct, frozen=True):
    grant_id: int | None
    absent: str


async def take_usages(supplier: str, usages: Sequence[Usage], way: str) -> list[UsageOutcome]:
    """One outcome per usage. Grants become redeemed, also those that had expired meanwhile; what fits no grant is
    parked. A code of our stock that was used before anybody had it is withdrawn.

    Idempotent on the supplier's `usage_no`. Durable when this returns. Locks what is told of the supplier, then the
    customers, then the grants.
    """
    return await database.retried(lambda: _commit(supplier, usages, way)) if usages else []


async def _commit(supplier: str, usages: Sequence[Usage], way: str) -> list[UsageOutcome]:
    digests = [benefits.vault().digest(one.code.strip()) if one.code else None for one in usages]
    async with database.transaction() as connection:
        await hold_usages(connection, supplier)
        found = await _find(connection, supplier, usages, digests)
        ids = {one.grant_id for one in found if one.grant_id is not None}
        states = await _hold(connection, ids)
        known = await connection.fetch(
            "SELECT usage_no FROM supplier_usage WHERE supplier = $1 AND usage_no = ANY($2::text[])",
            supplier,
            [one.usage_no for one in usages],
        )
        told = {row[0] for row in known}
        used = await connection.fetch(
            "SELECT grant_id FROM supplier_usage WHERE grant_id = ANY($1::bigint[]) AND state = 'taken'", list(ids)
        )
        spent = {row[0] for row in used}
        outcomes: list[UsageOutcome] = []
        fresh: list[tuple[Usage, bytes | None, _Found, str | None]] = []
        for usage, digest, one in zip(usages, digests, found, strict=True):
            if usage.usage_no in told:
                outcomes.append(UsageOutcome("duplicate"))
                continue
            told.add(usage.usage_no)
            state = states.get(one.grant_id) if one.grant_id is not None else None
            why = rules.why_parked(state, one.grant_id in spent, one.absent)
            if why is None and one.grant_id is not None:
                spent.add(one.grant_id)
            fresh.append((usage, digest, one, why))
            outcomes.append(UsageOutcome("parked", why) if why else UsageOutcome("taken"))
        await _store(connection, supplier, way, fresh)
        taken = [one.grant_id for _, _, one, why in fresh if why is None and one.grant_id is not None]
        await benefits.move(connection, taken, GrantState.REDEEMED, "used")
        await _withdraw(connection, supplier, [digest for _, digest, _, why in fresh if why == "code.in_stock"])
        return outcomes


async def _find(
    connection: Connection, supplier: str, usages: Sequence[Usage], digests: Sequence[bytes | None]
) -> list[_Found]:
    requests = await connection.fetch(
        "SELECT request_no, grant_id FROM supplier_request WHERE supplier = $1 AND request_no = ANY($2::text[])",
        supplier,
        [one.request_no for one in usages if one.request_no],
    )
    codes = await connection.fetch(
        "SELECT digest, grant_id FROM benefit_code WHERE supplier = $1 AND digest = ANY($2::bytea[])",
        supplier,
        [digest for digest in digests if digest],
    )
    by_request = {row[0]: row[1] for row in requests}
    by_code: dict[bytes, int | None] = {bytes(row[0]): row[1] for row in codes}
    found: list[_Found] = []
    for usage, digest in zip(usages, digests, strict=True):
        if digest is None:
            found.append(_Found(by_request.get(usage.request_no), "request.unknown"))
        else:
            found.append(_Found(by_code.get(digest), "code.in_stock" if digest in by_code else "code.unknown"))
    return found


async def _hold(connection: Connection, grant_ids: set[int]) -> dict[int, GrantState]:
    owners = await connection.fetch(
        "SELECT DISTINCT customer_id FROM benefit_grant WHERE id = ANY($1::bigint[])", list(grant_ids)
    )
    await customers.lock(connection, [row[0] for row in owners])
    rows = await connection.fetch(
        "SELECT id, state FROM benefit_grant WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE",
        list(grant_ids),
    )
    return {row[0]: GrantState(row[1]) for row in rows}


async def _store(
    connection: Connection, supplier: str, way: str, fresh: Sequence[tuple[Usage, bytes | None, _Found, str | None]]
) -> None:
    await connection.execute(
        """INSERT INTO supplier_usage (supplier, usage_no, request_no, digest, used_at, cost_fen, way, state, reason,
                                       grant_id, received_at)
           SELECT $1, t.usage_no, t.request_no, t.digest, t.used_at, t.cost_fen, $2,
                  CASE WHEN t.reason IS NULL THEN 'taken' ELSE 'parked' END, t.reason, t.grant_id, $3
           FROM unnest($4::text[], $5::text[], $6::bytea[], $7::timestamptz[], $8::bigint[], $9::text[], $10::bigint[])
             AS t (usage_no, request_no, digest, used_at, cost_fen, reason, grant_id)""",
        supplier,
        way,
        clock.now(),
        [usage.usage_no for usage, _, _, _ in fresh],
        [usage.request_no for usage, _, _, _ in fresh],
        [digest for _, digest, _, _ in fresh],
        [usage.used_at for usage, _, _, _ in fresh],
        [usage.cost_fen for usage, _, _, _ in fresh],
        [why for _, _, _, why in fresh],
        [found.grant_id for _, _, found, _ in fresh],
    )


async def _withdraw(connection: Connection, supplier: str, digests: Sequence[bytes | None]) -> None:
    if digests:
        await connection.execute(
            """UPDATE benefit_code SET withdrawn_at = $3
               WHERE supplier = $1 AND digest = ANY($2::bytea[]) AND grant_id IS NULL AND withdrawn_at IS NULL""",
            supplier,
            list(digests),
            clock.now(),
        )
