"""Gates as rows: one per supplier for all workers, so that no number of them asks faster than one may."""

from collections.abc import Sequence
from datetime import datetime

from domain.benefits import SupplierApi
from domain.suppliers import rules
from domain.suppliers.rules import Gate
from kit import database
from kit.database import Connection

_COLUMNS = "tokens, at, failures, open_until"


async def lock(connection: Connection, supplier: str, limits: SupplierApi, now: datetime) -> Gate:
    """The gate of a supplier, made where there is none, held until the end of the transaction."""
    fresh = rules.new_gate(limits, now)
    await connection.execute(
        "INSERT INTO supplier_gate (supplier, tokens, at, failures, asked, unanswered, refused)"
        " VALUES ($1, $2, $3, 0, 0, 0, 0) ON CONFLICT DO NOTHING",
        supplier,
        fresh.tokens,
        fresh.at,
    )
    row = await connection.fetchrow(
        f"SELECT {_COLUMNS} FROM supplier_gate WHERE supplier = $1 FOR NO KEY UPDATE", supplier
    )
    assert row is not None, "it was made just above"
    return Gate(*row)


async def store(connection: Connection, supplier: str, gate: Gate) -> None:
    """Write a gate the caller has locked."""
    await connection.execute(
        "UPDATE supplier_gate SET tokens = $2, at = $3, failures = $4, open_until = $5 WHERE supplier = $1",
        supplier,
        gate.tokens,
        gate.at,
        gate.failures,
        gate.open_until,
    )


async def hear(supplier: str, limits: SupplierApi, answered: Sequence[bool], refused: int, now: datetime) -> None:
    """Tell the gate how calls ended, in order; `refused` of the answers were refusals."""
    async with database.transaction() as connection:
        gate = await lock(connection, supplier, limits, now)
        await store(connection, supplier, rules.heard(gate, limits, answered, now))
        await connection.execute(
            """UPDATE supplier_gate SET asked = asked + $2, unanswered = unanswered + $3, refused = refused + $4
               WHERE supplier = $1""",
            supplier,
            len(answered),
            sum(not one for one in answered),
            refused,
        )
