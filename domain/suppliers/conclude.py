"""What a supplier said of our requests becomes true in our books."""

from collections.abc import Sequence

import msgspec

from domain import benefits, customers
from domain.benefits import GrantState, Supplier
from domain.ports import SupplierIssue
from domain.suppliers.locks import hold_usages
from domain.suppliers.retake import retake
from kit import clock, database, logging
from kit.database import Connection, Record

log = logging.get("suppliers")
EXITED = "supplier.exited"


class Concluded(msgspec.Struct, frozen=True):
    """The outcome of a request; `answer` is None where the supplier has exited without ever having seen it."""

    request_id: int
    answer: SupplierIssue | None


async def conclude(supplier: Supplier, concluded: Sequence[Concluded]) -> int:
    """Grants issued or failed, codes sealed, requests closed; returns how many. Idempotent: a request is closed once.

    Locks what is told of the supplier, the customers, then the requests, the grants, and (of what failed) the counters.
    A grant that was voided meanwhile stays so. A code that is another grant's already leaves its request open for
    operators to see.
    """
    if not concluded:
        return 0
    answers = {one.request_id: one.answer for one in concluded}
    return await database.retried(lambda: _commit(supplier, answers))


async def _commit(supplier: Supplier, answers: dict[int, SupplierIssue | None]) -> int:
    async with database.transaction() as connection:
        await hold_usages(connection, supplier.code)
        owners = await connection.fetch(
            """SELECT g.customer_id FROM supplier_request r JOIN benefit_grant g ON g.id = r.grant_id
               WHERE r.id = ANY($1::bigint[])""",
            list(answers),
        )
        await customers.lock(connection, {row[0] for row in owners})
        waiting = await connection.fetch(
            """SELECT r.id, r.grant_id, r.attempts, g.benefit FROM supplier_request r
               JOIN benefit_grant g ON g.id = r.grant_id
               WHERE r.id = ANY($1::bigint[]) AND r.state = 'waiting' ORDER BY r.id FOR NO KEY UPDATE OF r""",
            list(answers),
        )
        issued: list[tuple[Record, SupplierIssue]] = []
        refused: list[tuple[Record, str]] = []
        for row in waiting:
            answer = answers[row["id"]]
            if answer is not None and answer.state == "issued":
                issued.append((row, answer))
            else:
                refused.append((row, answer.reason or "supplier.refused" if answer else EXITED))
        closed = await _refused(connection, supplier, refused)
        return closed + await _issued(connection, supplier, issued)


async def _issued(connection: Connection, supplier: Supplier, issued: Sequence[tuple[Record, SupplierIssue]]) -> int:
    repeated = await _keep_codes(connection, supplier, [(row, one.code) for row, one in issued if one.code])
    good = [(row, answer) for row, answer in issued if row["id"] not in repeated]
    await connection.execute(
        """UPDATE supplier_request r
           SET state = 'issued', issued_at = t.issued_at, reference = t.reference, failure = NULL, closed_at = $4
           FROM unnest($1::bigint[], $2::timestamptz[], $3::text[]) AS t (id, issued_at, reference)
           WHERE r.id = t.id""",
        [row["id"] for row, _ in good],
        [answer.issued_at for _, answer in good],
        [answer.reference for _, answer in good],
        clock.now(),
    )
    await connection.execute(
        """UPDATE benefit_grant g SET valid_until = least(g.valid_until, t.valid_until)
           FROM unnest($1::bigint[], $2::timestamptz[]) AS t (id, valid_until)
           WHERE g.id = t.id AND t.valid_until IS NOT NULL""",
        [row["grant_id"] for row, _ in good],
        [answer.valid_until for _, answer in good],
    )
    await benefits.move(connection, [row["grant_id"] for row, _ in good], GrantState.GRANTED, "issued")
    await retake(connection, supplier.code, [row["grant_id"] for row, answer in good if answer.code])
    return len(good)


async def _keep_codes(connection: Connection, supplier: Supplier, codes: Sequence[tuple[Record, str]]) -> set[int]:
    """Seal the codes; the requests whose code is another grant's already."""
    if not codes:
        return set()
    vault = benefits.vault()
    kept = await connection.fetch(
        """INSERT INTO benefit_code (benefit, supplier, sealed, digest, grant_id, imported_at)
           SELECT benefit, $5, sealed, digest, grant_id, $6
           FROM unnest($1::text[], $2::bytea[], $3::bytea[], $4::bigint[]) AS t (benefit, sealed, digest, grant_id)
           ORDER BY digest ON CONFLICT (supplier, digest) DO NOTHING RETURNING grant_id""",
        [row["benefit"] for row, _ in codes],
        [vault.seal(code) for _, code in codes],
        [vault.digest(code) for _, code in codes],
        [row["grant_id"] for row, _ in codes],
        supplier.code,
        clock.now(),
    )
    kept_grants = {row[0] for row in kept}
    repeated = {row["id"] for row, _ in codes if row["grant_id"] not in kept_grants}
    if repeated:
        log.error("supplier.code_repeated", supplier=supplier.code, requests=sorted(repeated))
        await connection.execute(
            "UPDATE supplier_request SET failure = 'supplier.code_repeated' WHERE id = ANY($1::bigint[])",
            list(repeated),
        )
    return repeated


async def _refused(connection: Connection, supplier: Supplier, refused: Sequence[tuple[Record, str]]) -> int:
    """Close them and fail their grants; what an exited supplier has never seen and something takes the place of is
    left, as never asked for, to `substitute`.
    """
    leaving = supplier.definition.exit
    kept = [row["id"] for row, why in refused if why == EXITED and leaving and row["benefit"] in leaving.substitute]
    await connection.execute("UPDATE supplier_request SET attempts = 0 WHERE id = ANY($1::bigint[])", kept)
    closed = [(row, why) for row, why in refused if row["id"] not in kept]
    await connection.execute(
        """UPDATE supplier_request r SET state = 'refused', failure = t.why, closed_at = $3
           FROM unnest($1::bigint[], $2::text[]) AS t (id, why) WHERE r.id = t.id""",
        [row["id"] for row, _ in closed],
        [why for _, why in closed],
        clock.now(),
    )
    await benefits.fail(connection, {row["grant_id"]: why for row, why in closed})
    return len(closed)
