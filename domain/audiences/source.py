"""Where members come from: what a definition says, worked out in sets, as a bitmap."""

from collections.abc import Sequence
from datetime import datetime

from pyroaring import BitMap64

from domain.audiences.definition import AudienceDefinition, Combination
from domain.audiences.ids import ids_of
from domain.audiences.members import members
from domain.audiences.rule import parse
from domain.audiences.rule_sql import CARDHOLDER, members_sql
from domain.audiences.rules import combined, parts_of
from domain.audiences.run_query import LONGEST_SECONDS, run_query
from kit.database import Connection

_CARDHOLDERS = f"SELECT c.id FROM customer c WHERE {CARDHOLDER} AND ($1::text[] IS NULL OR c.branch = ANY($1))"
_IN_FILES = f"""SELECT c.id FROM audience_member m JOIN customer c ON c.id = m.customer_id
    WHERE m.code = $2 AND m.import_id = 0 AND {CARDHOLDER} AND ($1::text[] IS NULL OR c.branch = ANY($1))"""


async def source(
    connection: Connection,
    code: str,
    definition: AudienceDefinition,
    within: Sequence[str] | None,
    now: datetime,
    seconds: int = LONGEST_SECONDS,
) -> BitMap64:
    """Who belongs to an audience with this definition at `now`, among the cardholders of the branches `within` (None:
    all). `connection` must see one snapshot; nothing is changed. A query of an operator's own
    may take `seconds`. Raises what the database does, and `RuleViolated` for a query that is not allowed any more.
    """
    branches = None if within is None else list(within)
    if definition.rule is not None:
        tree, _ = parse(definition.rule)
        assert tree is not None  # it was checked when it was written
        return await ids_of(connection, *members_sql(tree, branches, now))
    if definition.combination is not None:
        return await _combined(connection, definition.combination, branches)
    if definition.sql is not None:
        found = await run_query(definition.sql, now, seconds)
        return found & await ids_of(connection, _CARDHOLDERS, [branches])
    return await ids_of(connection, _IN_FILES, [branches, code])


async def _combined(connection: Connection, combination: Combination, branches: list[str] | None) -> BitMap64:
    parts = {code: await members(connection, code) for _, code in parts_of(combination)}
    everybody = await ids_of(connection, _CARDHOLDERS, [branches])
    return combined(combination, parts.__getitem__, everybody)
