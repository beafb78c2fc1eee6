"""An operator's query is run by a role that reads four views and nothing else, in a transaction that can only read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from pyroaring import BitMap64

from domain.audiences.ids import ids_of
from domain.audiences.query import parsed, rewritten
from kit import database
from kit.database import Connection
from kit.errors import Fault, RuleViolated

READER = "cardquest_audience_reader"
LONGEST_SECONDS = 60


async def run_query(sql: str, now: datetime, seconds: int = LONGEST_SECONDS) -> BitMap64:
    """The customers a query answers. Raises `RuleViolated` (`audience.impossible`) for one that is not allowed, and
    what the database raises.
    """
    query, faults = parsed(sql)
    if query is None:
        raise RuleViolated("audience.impossible", "查询语句不被允许", faults)
    async with _reader(seconds) as connection:
        asked = f"SELECT customer_id AS id FROM ({rewritten(query, now)}) AS asked WHERE customer_id IS NOT NULL"
        return await ids_of(connection, asked, [])


async def query_faults(sql: str, now: datetime) -> list[Fault]:
    """Why a query is refused: by us, or by the database, which is only asked to plan it."""
    query, faults = parsed(sql)
    if query is None:
        return faults
    try:
        async with _reader(LONGEST_SECONDS) as connection:
            plan = await connection.prepare(rewritten(query, now))
            [column] = plan.get_attributes()
    except database.REFUSED as error:
        return [Fault("sql", "sql.refused", str(error)[:200])]
    return [] if column.type.name == "int8" else [Fault("sql", "sql.answer", "customer_id must be a customer's id")]


@asynccontextmanager
async def _reader(seconds: int) -> AsyncIterator[Connection]:
    """All of it ends with the transaction. The rights of the role are what holds; the rest only adds to them."""
    async with database.snapshot() as connection:
        await connection.execute(
            f"SET LOCAL statement_timeout = '{int(seconds)}s'; SET LOCAL search_path = pg_catalog, pg_temp;"
            f" SET LOCAL ROLE {READER}"
        )
        yield connection
