"""Versions as operators see them, and as the capabilities that run on them load them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import msgspec

from domain.approvals import rules
from domain.approvals.kinds import Version
from domain.approvals.rows import version_of
from domain.approvals.states import State
from domain.operators.identity import OperatorIdentity
from kit import database


class Reading(msgspec.Struct, frozen=True):
    """The latest version of a configuration and, when that is another one, the version that is live or paused."""

    latest: Version
    live: Version | None


async def read(kind: str, code: str, operator: OperatorIdentity) -> Reading:
    """A configuration this operator may see. Raises `NotFound`."""
    rows = await database.fetch(
        """SELECT * FROM configuration c WHERE kind = $1 AND code = $2
           AND (state IN ('live', 'paused')
                OR version = (SELECT max(version) FROM configuration WHERE kind = $1 AND code = $2))
           ORDER BY version DESC""",
        kind,
        code,
    )
    if not rows:
        raise rules.not_found()
    rules.check_scope(operator, rows[0]["branch"])
    return Reading(version_of(rows[0]), version_of(rows[1]) if len(rows) > 1 else None)


class Filter(msgspec.Struct, frozen=True):
    """Which versions a list shows: those in `state`, without one the latest of each code; of a campaign's, of a branch,
    with `text` in code or name, changed at `changed_since` or later.
    """

    state: State | None = None
    campaign: str | None = None
    branch: str | None = None
    text: str | None = None
    changed_since: datetime | None = None


_ALL = Filter()


async def list_(
    kind: str, operator: OperatorIdentity, wanted: Filter = _ALL, *, after: int | None = None, limit: int = 20
) -> list[Version]:
    """Newest first, from below the id `after`; of the operator's branch only."""
    rows = await database.fetch(
        """SELECT * FROM configuration c
           WHERE kind = $1 AND ($2::text[] IS NULL OR branch = ANY($2)) AND ($4::bigint IS NULL OR id < $4)
             AND CASE WHEN $3::text IS NULL
                 THEN NOT EXISTS (SELECT FROM configuration n
                                  WHERE n.kind = c.kind AND n.code = c.code AND n.version > c.version)
                 ELSE state = $3 END
             AND ($6::text IS NULL OR body ->> 'campaign' = $6) AND ($7::text IS NULL OR branch = $7)
             AND ($8::text IS NULL OR position(lower($8) IN lower(code || ' ' || coalesce(body ->> 'name', ''))) > 0)
             AND ($9::timestamptz IS NULL OR changed_at >= $9)
           ORDER BY id DESC LIMIT $5""",
        kind,
        operator.within,
        wanted.state,
        after,
        limit,
        wanted.campaign,
        wanted.branch,
        wanted.text,
        wanted.changed_since,
    )
    return [version_of(row) for row in rows]


async def version_numbered(kind: str, code: str, operator: OperatorIdentity, number: int | None = None) -> Version:
    """One version of a configuration this operator may see, the latest unless numbered. Raises `NotFound`."""
    row = await database.fetchrow(
        """SELECT * FROM configuration WHERE kind = $1 AND code = $2 AND ($3::int IS NULL OR version = $3)
           ORDER BY version DESC LIMIT 1""",
        kind,
        code,
        number,
    )
    if row is None:
        raise rules.not_found()
    rules.check_scope(operator, row["branch"])
    return version_of(row)


async def versions_of(
    kind: str, code: str, operator: OperatorIdentity, before: int | None, limit: int
) -> list[Version]:
    """Every version of a configuration this operator may see, newest first, from below the number `before`. Raises
    `NotFound` where there is none.
    """
    await version_numbered(kind, code, operator)
    rows = await database.fetch(
        """SELECT * FROM configuration WHERE kind = $1 AND code = $2 AND ($3::int IS NULL OR version < $3)
           ORDER BY version DESC LIMIT $4""",
        kind,
        code,
        before,
        limit,
    )
    return [version_of(row) for row in rows]


async def last_live(kind: str) -> list[Version]:
    """Of every code the version that was live last, whatever became of it, by code."""
    rows = await database.fetch(
        """SELECT DISTINCT ON (code) * FROM configuration WHERE kind = $1 AND live_at IS NOT NULL
           ORDER BY code, version DESC""",
        kind,
    )
    return [version_of(row) for row in rows]


async def of_campaign(campaign: str, within: Sequence[str] | None = None) -> list[Version]:
    """The newest version of everything that names this campaign and is not over, by kind and code; of these branches
    only, if named.
    """
    rows = await database.fetch(
        """SELECT DISTINCT ON (kind, code) * FROM configuration
           WHERE body ->> 'campaign' = $1 AND state NOT IN ('ended', 'superseded')
             AND ($2::text[] IS NULL OR branch = ANY($2))
           ORDER BY kind, code, version DESC""",
        campaign,
        within,
    )
    return [version_of(row) for row in rows]


async def live(kind: str) -> list[Version]:
    """Every version of this kind that is live and not paused, by code."""
    rows = await database.fetch("SELECT * FROM configuration WHERE kind = $1 AND state = 'live' ORDER BY code", kind)
    return [version_of(row) for row in rows]


async def owner(kind: str, code: str) -> str | None:
    """Whose configuration it is, if it is live and not paused; None of any other."""
    branch: str | None = await database.fetchval(
        "SELECT branch FROM configuration WHERE kind = $1 AND code = $2 AND state = 'live'", kind, code
    )
    return branch


async def ever_live(kind: str, code: str) -> list[Version]:
    """Every version that went live once, whatever became of it, oldest first."""
    rows = await database.fetch(
        "SELECT * FROM configuration WHERE kind = $1 AND code = $2 AND live_at IS NOT NULL ORDER BY version", kind, code
    )
    return [version_of(row) for row in rows]


async def in_states(kind: str, states: Collection[State], within: Sequence[str] | None = None) -> list[Version]:
    """Every version of this kind in one of these states, by code; of these branches only, if named."""
    rows = await database.fetch(
        """SELECT * FROM configuration WHERE kind = $1 AND state = ANY($2::text[])
             AND ($3::text[] IS NULL OR branch = ANY($3)) ORDER BY code, version""",
        kind,
        [str(state) for state in states],
        within,
    )
    return [version_of(row) for row in rows]


async def versions(version_ids: Iterable[int]) -> list[Version]:
    """Versions by id, in whatever state: what was claimed or issued under one keeps running on it."""
    rows = await database.fetch(
        "SELECT * FROM configuration WHERE id = ANY($1::bigint[]) ORDER BY id", list(version_ids)
    )
    return [version_of(row) for row in rows]
