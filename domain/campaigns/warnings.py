"""Warnings that little is left: opened once for each ceiling reached, closed when there is enough again."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from typing import Literal

import msgspec

from domain.operators import OperatorIdentity
from kit import clock, database, logging
from kit.database import Connection

log = logging.get("warnings")
_WATCHING = 0x6C6F_7773  # with the hash of the subject: one worker at a time
Subject = Literal["budget", "coupon_stock", "benefit_stock"]


class Low(msgspec.Struct, frozen=True):
    """`used` of `ceiling` is gone: of a campaign's pot (`branch`; "" is the whole) or of a day of it, in fen; of a
    template's or benefit's stock, in pieces.
    """

    code: str
    ceiling: int
    used: int
    branch: str = ""
    day: date | None = None


class LowWarning(msgspec.Struct, frozen=True):
    """A warning; `until` is None while it stands."""

    id: int
    subject: Subject
    code: str
    branch: str
    day: date | None
    ceiling: int
    used: int
    at: datetime
    until: datetime | None


async def note_low(subject: Subject, look: Callable[[Connection], Awaitable[Sequence[Low]]]) -> int:
    """Let exactly what `look` finds be warned of under `subject`; returns how many warnings are new, which are logged.

    Several workers may do so: one after the other, so that none acts on what another has found out of date.
    """
    async with database.transaction() as connection:
        await connection.execute("SELECT pg_advisory_xact_lock($1, hashtext($2))", _WATCHING, subject)
        low = await look(connection)
        opened = await connection.fetch(
            """WITH low AS (
                 SELECT * FROM unnest($2::text[], $3::text[], $4::date[], $5::bigint[], $6::bigint[])
                   AS t (code, branch, day, ceiling, used)),
               over AS (
                 UPDATE low_warning w SET until = $7 WHERE subject = $1 AND until IS NULL AND NOT EXISTS (
                   SELECT FROM low l
                   WHERE l.code = w.code AND l.branch = w.branch AND l.day IS NOT DISTINCT FROM w.day))
               INSERT INTO low_warning (subject, code, branch, day, ceiling, used, at)
               SELECT $1, code, branch, day, ceiling, used, $7 FROM low ORDER BY code, branch, day
               ON CONFLICT DO NOTHING RETURNING code, branch, day, ceiling, used""",
            subject,
            [one.code for one in low],
            [one.branch for one in low],
            [one.day for one in low],
            [one.ceiling for one in low],
            [one.used for one in low],
            clock.now(),
        )
    for row in opened:
        log.warning(f"{subject}.low", **{**row, "day": row["day"] and row["day"].isoformat()})
    return len(opened)


_OF_BRANCH = """
($1::text[] IS NULL OR (w.subject = 'budget' AND w.branch = ANY($1)) OR EXISTS (
  SELECT FROM configuration c WHERE c.code = w.code AND c.branch = ANY($1)
    AND c.kind = CASE w.subject WHEN 'budget' THEN 'campaigns' WHEN 'coupon_stock' THEN 'coupon-templates'
                                ELSE 'benefits' END))"""


async def warnings(
    operator: OperatorIdentity,
    *,
    standing: bool | None = None,
    campaign: str | None = None,
    before: int | None = None,
    limit: int = 20,
) -> list[LowWarning]:
    """Newest first, from below the id `before`; those that still stand, those that are over, or both; of one campaign's
    budget if named. A branch sees those of its shares, and of what is its own.
    """
    rows = await database.fetch(
        f"""SELECT id, subject, code, branch, day, ceiling, used, at, until FROM low_warning w
            WHERE {_OF_BRANCH} AND ($2::boolean IS NULL OR (until IS NULL) = $2)
              AND ($3::text IS NULL OR (subject = 'budget' AND code = $3)) AND ($4::bigint IS NULL OR id < $4)
            ORDER BY id DESC LIMIT $5""",
        operator.within,
        standing,
        campaign,
        before,
        limit,
    )
    return [LowWarning(*row) for row in rows]
