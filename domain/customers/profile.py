"""Customers by number and by id, and the lock under which everything about one of them changes."""

from collections.abc import Collection, Iterable, Sequence

import msgspec

from kit import clock, database
from kit.database import Connection
from kit.errors import NotFound
from kit.vault import Vault

CAME_BACK = "customer_came_back"
_REMEMBERED = 200_000
_known: dict[str, int] = {}
_pseudonyms: Vault | None = None


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

    A number keeps its id, also when its account is erased, until its owner comes back; so answers are remembered.
    """
    wanted = sorted(set(customer_nos))
    found = {number: _known[number] for number in wanted if number in _known}
    missing = [number for number in wanted if number not in found]
    if missing:
        pseudonyms = [pseudonym_of(number) for number in missing]
        async with database.transaction() as connection:
            await connection.execute(
                """INSERT INTO customer (customer_no, name, stage, created_at)
                   SELECT number, '', 'base', $3 FROM unnest($1::text[], $2::text[]) AS t (number, pseudonym)
                   WHERE NOT EXISTS (SELECT FROM customer c WHERE c.customer_no IN (t.number, t.pseudonym))
                   ORDER BY number ON CONFLICT DO NOTHING""",
                missing,
                pseudonyms,
                clock.now(),
            )
            rows = await connection.fetch(
                "SELECT customer_no, id FROM customer WHERE customer_no = ANY($1::text[])", [*missing, *pseudonyms]
            )
        known_as = dict(zip(pseudonyms, missing, strict=True))
        fresh = {known_as.get(row[0], row[0]): row[1] for row in rows}
        if len(_known) + len(fresh) > _REMEMBERED:
            _known.clear()
        _known.update(fresh)
        found |= fresh
    return found


def hide_erased_behind(vault: Vault) -> None:
    """Once at start: what makes the pseudonyms of erased customers."""
    global _pseudonyms
    _pseudonyms = vault


def pseudonym_of(customer_no: str) -> str:
    """What stands for the number of an erased customer; no number begins like it, and nobody reads it back."""
    if _pseudonyms is None:
        raise RuntimeError("no vault for pseudonyms was named to this process")
    return "~" + _pseudonyms.digest(customer_no).hex()[:31]


def forget(customer_no: str) -> None:
    """The next who asks for this number looks it up."""
    _known.pop(customer_no, None)


def forget_remembered() -> None:
    """Numbers may have come back unheard, or the database was replaced under a running process, as tests do."""
    _known.clear()


async def lock(connection: Connection, customer_ids: Collection[int]) -> None:
    """Hold these customers' rows until the end of the transaction; always in id order, so nobody deadlocks."""
    await connection.execute(
        "SELECT FROM customer WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE", list(customer_ids)
    )


async def erased(connection: Connection, customer_ids: Collection[int]) -> set[int]:
    """Those of `customer_ids` whose account was erased: nothing new may be kept about them, or given to them."""
    rows = await connection.fetch(
        "SELECT id FROM customer WHERE id = ANY($1::bigint[]) AND erased_at IS NOT NULL", list(customer_ids)
    )
    return {row[0] for row in rows}


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


async def known_ids(
    connection: Connection, customer_nos: Collection[str], within: Sequence[str] | None = None
) -> dict[str, int]:
    """Ids by number of the customers we know, of these branches only, if named."""
    rows = await connection.fetch(
        """SELECT customer_no, id FROM customer
           WHERE customer_no = ANY($1::text[]) AND ($2::text[] IS NULL OR branch = ANY($2))""",
        list(customer_nos),
        within,
    )
    return {row[0]: row[1] for row in rows}


async def id_of(customer_no: str) -> int:
    """The id of a customer we know. Raises `NotFound`."""
    found = await database.fetchval("SELECT id FROM customer WHERE customer_no = $1", customer_no)
    if found is None:
        raise NotFound("customer.not_found", "没有这位客户")
    return int(found)
