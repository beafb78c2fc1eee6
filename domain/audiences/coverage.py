"""How many an audience reaches, where they are, and by which channels they may be contacted."""

from collections.abc import Sequence

import msgspec
from pyroaring import BitMap64

from domain.audiences.rule_sql import CARDHOLDER
from domain.consents import Purpose
from kit.database import Connection

_AT_ONCE = 100_000
_BREAKDOWN = """SELECT c.branch, c.stage, count(*) AS count FROM unnest($1::bigint[]) AS m (id)
    JOIN customer c ON c.id = m.id GROUP BY 1, 2"""
_AGREES = """coalesce((SELECT k.granted FROM consent k WHERE k.customer_id = c.id AND k.purpose = {purpose}
                       ORDER BY k.id DESC LIMIT 1), false)"""
_CONTACTABLE = f"""SELECT count(*) FILTER (WHERE {_AGREES.format(purpose="$2")}) AS sms,
    count(*) FILTER (WHERE {_AGREES.format(purpose="$3")} AND EXISTS (
      SELECT FROM identity i WHERE i.customer_id = c.id AND i.channel IN ('wechat_mini', 'wechat_h5')
                               AND i.bound_at IS NOT NULL)) AS wechat,
    count(*) FILTER (WHERE {_AGREES.format(purpose="$4")}) AS push
    FROM unnest($1::bigint[]) AS m (id) JOIN customer c ON c.id = m.id"""
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
    """Where these customers are."""
    by_branch: dict[str, int] = {}
    by_stage: dict[str, int] = {}
    for some in _parts(ids):
        for row in await connection.fetch(_BREAKDOWN, some):
            branch = row["branch"] or ""
            by_branch[branch] = by_branch.get(branch, 0) + row["count"]
            by_stage[row["stage"]] = by_stage.get(row["stage"], 0) + row["count"]
    return Breakdown(dict(sorted(by_branch.items())), dict(sorted(by_stage.items())))


async def contactable(connection: Connection, ids: BitMap64) -> Contactable:
    """By which channels these customers may be contacted."""
    purposes = [str(one) for one in (Purpose.MARKETING_SMS, Purpose.MARKETING_WECHAT, Purpose.MARKETING_PUSH)]
    totals = [0, 0, 0]
    for some in _parts(ids):
        row = await connection.fetchrow(_CONTACTABLE, some, *purposes)
        assert row is not None
        totals = [one + more for one, more in zip(totals, row, strict=True)]
    return Contactable(*totals)


async def everybody(connection: Connection, within: Sequence[str] | None) -> int:
    """How many cardholders these branches (None: all) have."""
    return int(await connection.fetchval(_EVERYBODY, None if within is None else list(within)))


def _parts(ids: BitMap64) -> list[list[int]]:
    return [list(ids[first : first + _AT_ONCE]) for first in range(0, len(ids), _AT_ONCE)]
