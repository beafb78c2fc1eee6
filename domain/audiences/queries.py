"""What operators ask of audiences: how they stand, whom they cover, what they share."""

from collections.abc import Sequence
from datetime import datetime
from itertools import combinations

import msgspec
from pyroaring import BitMap64

from domain.audiences.catalogue import KIND, catalogue
from domain.audiences.coverage import Breakdown, Contactable, breakdown, contactable, everybody
from domain.audiences.freeze import NO_AUDIENCE
from domain.audiences.members import members
from domain.operators import OperatorIdentity
from kit import database


class Coverage(msgspec.Struct, frozen=True):
    """An audience in figures; `share` is of all cardholders the operator sees, in percent."""

    code: str
    members: int
    share: float
    as_of: datetime | None
    due_at: datetime | None
    failure: str | None
    where: Breakdown
    contactable: Contactable


class Pair(msgspec.Struct, frozen=True):
    """Two audiences: members of both, and what part that is of each, in percent."""

    codes: tuple[str, str]
    both: int
    share_of_first: float
    share_of_second: float


class Overlap(msgspec.Struct, frozen=True):
    """Several audiences: members of each, of all of them, of any of them, and of every two."""

    members: dict[str, int]
    all: int
    any: int
    pairs: list[Pair]


async def coverage(operator: OperatorIdentity, code: str) -> Coverage:
    """How far a live audience reaches. Raises `NotFound` (`audience.not_found`, also for another branch's)."""
    async with database.snapshot() as connection:
        row = await connection.fetchrow(
            """SELECT a.as_of, a.due_at, a.failure FROM audience a JOIN configuration c ON c.code = a.code
               WHERE a.code = $1 AND c.kind = $2 AND c.state = 'live' AND ($3::text[] IS NULL OR c.branch = ANY($3))""",
            code,
            KIND,
            operator.within,
        )
        if row is None:
            raise NO_AUDIENCE
        ids = await members(connection, code)
        return Coverage(
            code,
            len(ids),
            _percent(len(ids), await everybody(connection, operator.within)),
            row["as_of"],
            row["due_at"],
            row["failure"],
            await breakdown(connection, ids),
            await contactable(connection, ids),
        )


async def overlap(operator: OperatorIdentity, codes: Sequence[str]) -> Overlap:
    """What live audiences share. Raises `NotFound` (`audience.not_found`) if one is none of this operator's."""
    if set(codes) - (await _seen(operator, codes)).keys():
        raise NO_AUDIENCE
    async with database.snapshot() as connection:
        sets = {code: await members(connection, code) for code in codes}
    return Overlap(
        {code: len(ids) for code, ids in sets.items()},
        len(BitMap64.intersection(*sets.values())),
        len(BitMap64.union(*sets.values())),
        [
            Pair((one, two), both, _percent(both, len(sets[one])), _percent(both, len(sets[two])))
            for one, two in combinations(sets, 2)
            for both in [sets[one].intersection_cardinality(sets[two])]
        ],
    )


async def of_customer(operator: OperatorIdentity, customer_id: int) -> dict[str, str]:
    """The names of the live audiences this operator sees that have the customer as a member, by code."""
    await catalogue.refresh()
    return await _seen(operator, catalogue.of(customer_id))


async def _seen(operator: OperatorIdentity, codes: Sequence[str]) -> dict[str, str]:
    """Those of `codes` that are live audiences this operator sees, with their names, by code."""
    rows = await database.fetch(
        """SELECT code, body ->> 'name' FROM configuration WHERE kind = $1 AND state = 'live' AND code = ANY($2::text[])
             AND ($3::text[] IS NULL OR branch = ANY($3)) ORDER BY code""",
        KIND,
        list(codes),
        operator.within,
    )
    return {row[0]: row[1] for row in rows}


def _percent(part: int, of: int) -> float:
    return round(100 * part / of, 2) if of else 0.0
