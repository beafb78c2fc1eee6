"""How many an audience reaches, where they are, and by which channels they may be contacted.

Few are looked up one by one; of many it is faster to read what is known of everybody once, and to count with bitmaps.
"""

from collections import Counter
from collections.abc import AsyncIterator, Sequence

import msgspec
from pyroaring import BitMap64

from domain.audiences.ids import bitmap_of, ids_of
from domain.audiences.rule_sql import CARDHOLDER
from domain.consents import Purpose
from kit.database import Connection

MANY = 200_000
_AT_ONCE = 100_000
_BREAKDOWN = """SELECT c.branch, c.stage, count(*) AS count FROM unnest($1::bigint[]) AS m (id)
    JOIN customer c ON c.id = m.id GROUP BY 1, 2"""
_EVERYBODYS_PLACE = """SELECT c.branch, c.stage, string_agg(int8send(c.id), ''::bytea) AS ids FROM customer c
    GROUP BY c.branch, c.stage, c.id >> 20"""
_AGREE = """SELECT customer_id AS id FROM (
      SELECT DISTINCT ON (customer_id) customer_id, granted FROM consent WHERE purpose = $1
      ORDER BY customer_id, id DESC) AS latest WHERE granted"""
_BOUND = """SELECT DISTINCT customer_id AS id FROM identity
    WHERE channel IN ('wechat_mini', 'wechat_h5') AND bound_at IS NOT NULL"""
_AGREES = """coalesce((SELECT k.granted FROM consent k WHERE k.customer_id = c.id AND k.purpose = {purpose}
                       ORDER BY k.id DESC LIMIT 1), false)"""
_CONTACTABLE = f"""SELECT count(*) FILTER (WHERE {_AGREES.format(purpose="$2")}) AS sms,
    count(*) FILTER (WHERE {_AGREES.format(purpose="$3")} AND EXISTS (
      SELECT FROM identity i WHERE i.customer_id = c.id AND i.channel IN ('wechat_mini', 'wechat_h5')
                               AND i.bound_at IS NOT NULL)) AS wechat,
    count(*) FILTER (WHERE {_AGREES.format(purpose="$4")}) AS push
    FROM unnest($1::bigint[]) AS m (id) JOIN customer c ON c.id = m.id"""
_PURPOSES = tuple(str(one) for one in (Purpose.MARKETING_SMS, Purpose.MARKETING_WECHAT, Purpose.MARKETING_PUSH))
_EVERYBODY = f"""SELECT count(*) FROM customer c WHERE {CARDHOLDER} AND ($1::text[] IS NULL OR c.branch = ANY($1))"""


class Breakdown(msgspec.Struct, frozen=True):
    """Members by branch ("" of none) and by stage."""

    by_branch: dict[str, int]
    by_stage: dict[str, int]


class Contactable(msgspec.Struct, frozen=True):
    """Members who agree to be contacted by a channel, and by WeChat are bound."""

    sms: int
    wechat: int
    push: int


async def breakdown(connection: Connection, ids: BitMap64) -> Breakdown:
    """Where these customers are. `connection` is in a transaction."""
    by_branch: Counter[str] = Counter()
    by_stage: Counter[str] = Counter()
    async for branch, stage, count in _places(connection, ids):
        by_branch[branch or ""] += count
        by_stage[stage] += count
    return Breakdown(dict(sorted(by_branch.items())), dict(sorted(by_stage.items())))


async def _places(connection: Connection, ids: BitMap64) -> AsyncIterator[tuple[str | None, str, int]]:
    if len(ids) <= MANY:
        for some in _parts(ids):
            for row in await connection.fetch(_BREAKDOWN, some):
                yield row["branch"], row["stage"], row["count"]
        return
    async for row in connection.cursor(_EVERYBODYS_PLACE, prefetch=2):
        if count := ids.intersection_cardinality(bitmap_of(row["ids"])):
            yield row["branch"], row["stage"], count


async def contactable(connection: Connection, ids: BitMap64) -> Contactable:
    """By which channels these customers may be contacted. `connection` is in a transaction."""
    if len(ids) > MANY:
        sms, wechat, push = [ids & await ids_of(connection, _AGREE, [purpose]) for purpose in _PURPOSES]
        return Contactable(len(sms), len(wechat & await ids_of(connection, _BOUND, [])), len(push))
    totals = [0, 0, 0]
    for some in _parts(ids):
        row = await connection.fetchrow(_CONTACTABLE, some, *_PURPOSES)
        assert row is not None
        totals = [one + more for one, more in zip(totals, row, strict=True)]
    return Contactable(*totals)


async def everybody(connection: Connection, within: Sequence[str] | None) -> int:
    """How many cardholders these branches (None: all) have."""
    return int(await connection.fetchval(_EVERYBODY, None if within is None else list(within)))


def _parts(ids: BitMap64) -> list[list[int]]:
    return [list(ids[first : first + _AT_ONCE]) for first in range(0, len(ids), _AT_ONCE)]
