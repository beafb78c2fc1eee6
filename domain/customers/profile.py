"""Customers by number and by id, and the lock under which everything about one of them changes."""

from collections.abc import Collection, Iterable, Sequence

import msgspec

from domain.ports import CoreCustomer
from kit import clock, database
from kit.database import Connection
from kit.errors import NotFound

_REMEMBERED = 200_000
_known: dict[str, int] = {}


class Profile(msgspec.Struct, frozen=True):
    """What tasks and pages may know of a customer."""

    id: int
    customer_no: str | None
    name: str
    stage: str
    card_product: str | None
    branch: str | None
    billing_day: int | None = None


_COLUMNS = ", ".join(Profile.__struct_fields__)


async def ids_of(customer_nos: Iterable[str]) -> dict[str, int]:
    """Ids by customer number; those never heard of are created, as nothing may be lost because it came first.

    A number keeps its id for ever, so answers are remembered.
    """
    wanted = sorted(set(customer_nos))
    found = {number: _known[number] for number in wanted if number in _known}
    missing = [number for number in wanted if number not in found]
    if missing:
        async with database.transaction() as connection:
            await connection.execute(
                """INSERT INTO customer (customer_no, name, stage, created_at)
                   SELECT number, '', 'base', $2 FROM unnest($1::text[]) AS t (number)
                   WHERE NOT EXISTS (SELECT FROM customer c WHERE c.customer_no = t.number)
                   ORDER BY number ON CONFLICT DO NOTHING""",
                missing,
                clock.now(),
            )
            rows = await connection.fetch("SELECT customer_no, id FROM customer WHERE customer_no = ANY($1)", missing)
        fresh = {row[0]: row[1] for row in rows}
        if len(_known) + len(fresh) > _REMEMBERED:
            _known.clear()
        _known.update(fresh)
        found |= fresh
    return found


def forget_remembered() -> None:
    """For a database that was replaced under a running process, as tests do."""
    _known.clear()


async def lock(connection: Connection, customer_ids: Collection[int]) -> None:
    """Hold these customers' rows until the end of the transaction; always in id order, so nobody deadlocks."""
    await connection.execute(
        "SELECT FROM customer WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE", list(customer_ids)
    )


async def profiles(connection: Connection, customer_ids: Sequence[int]) -> dict[int, Profile]:
    """Profiles by id."""
    rows = await connection.fetch(f"SELECT {_COLUMNS} FROM customer WHERE id = ANY($1::bigint[])", list(customer_ids))
    return {row["id"]: Profile(*row) for row in rows}


async def profile(customer_id: int) -> Profile:
    """One profile. Raises `NotFound`."""
    row = await database.fetchrow(f"SELECT {_COLUMNS} FROM customer WHERE id = $1", customer_id)
    if row is None:
        raise NotFound("customer.not_found", "没有这位客户")
    return Profile(*row)


async def id_of(customer_no: str) -> int:
    """The id of a customer we know. Raises `NotFound`."""
    found = await database.fetchval("SELECT id FROM customer WHERE customer_no = $1", customer_no)
    if found is None:
        raise NotFound("customer.not_found", "没有这位客户")
    return int(found)


async def refresh_from_core(known: CoreCustomer) -> int:
    """Take over what the card core says of a customer, creating the customer when new; returns the id."""
    customer_id = (await ids_of([known.customer_no]))[known.customer_no]
    await database.execute(
        """UPDATE customer SET name = $2, stage = $3, card_product = $4, branch = $5, billing_day = $6
           WHERE id = $1
             AND (name, stage, card_product, branch, billing_day) IS DISTINCT FROM ($2, $3, $4, $5, $6::smallint)""",
        customer_id,
        known.name,
        known.stage,
        known.card_product,
        known.branch,
        known.billing_day,
    )
    return customer_id
