"""The worker works out the members of an audience anew."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from pyroaring import BitMap64

from domain import operators, outbox, tags
from domain.audiences.catalogue import KIND, NOTICE
from domain.audiences.definition import AudienceDefinition
from domain.audiences.pieces import pieces_of, whole
from domain.audiences.rule import tag_tests
from domain.audiences.rules import due_after, parts_of
from domain.audiences.source import source
from domain.facts import AudienceEntered
from kit import clock, database, logging, notices
from kit.database import Connection, Record

LOCK = 0x6175_6469  # with the hash of the code: one worker at an audience
AGAIN = timedelta(minutes=5)
PER_FACT = 5_000
_FACTS = 100
_LONGEST = "SET LOCAL statement_timeout = '20min'"
_DUE = """SELECT a.code, a.version_id, a.edition, a.due_at, c.body, c.branch FROM audience a
          JOIN configuration c ON c.id = a.version_id AND c.kind = $2 AND c.state = 'live'
          WHERE a.due_at <= $1 ORDER BY a.due_at, a.code"""
_BEFORE = "SELECT bits FROM audience_piece WHERE code = $1"
# Since the snapshot, which is minutes old at most; now that the audience is held no other is erased unseen.
_ERASED = "SELECT id FROM customer WHERE erased_at >= $1"
_LONGEST_AGO = timedelta(hours=1)
log = logging.get("audiences")


class Due(msgspec.Struct, frozen=True):
    """An audience whose members are to be worked out, as it stood."""

    code: str
    version_id: int
    edition: int
    due_at: datetime
    definition: AudienceDefinition
    branch: str

    def named_tags(self) -> set[str]:
        """The tags its rule names."""
        rule = self.definition.rule
        return set() if rule is None else {test.tag for _, test in tag_tests(rule)}

    def waits_for(self, others: Sequence["Due"]) -> bool:
        """Whether it combines one of `others`: that one goes first."""
        if self.definition.combination is None:
            return False
        parts = {code for _, code in parts_of(self.definition.combination)}
        return any(one.code in parts for one in others)


async def refresh_next() -> int:
    """Work out the members of the live audience that has been due longest; returns 1, or 0 where none is due or other
    workers are at them.

    Looked up on one snapshot without holding anything, then stored in one short transaction, unless the audience has
    changed meanwhile: killed at any point nothing has happened. One that names a tag which is being computed, or due,
    waits for it: otherwise it would be a day behind. Whoever was not a member before is told of there
    (`AudienceEntered`). What fails is noted and tried again after five minutes.
    """
    await tags.catalogue.refresh()
    now = clock.now()
    async with database.snapshot() as connection:
        await connection.execute(_LONGEST)
        due = await _take(connection, [_due_of(row) for row in await connection.fetch(_DUE, now, KIND)])
        if due is None:
            return 0
        ids, before, failure = BitMap64(), BitMap64(), ""
        try:
            within = await operators.customers_of(connection, due.branch)
            ids = await source(connection, due.code, due.definition, within, now)
            before = whole(row[0] for row in await connection.fetch(_BEFORE, due.code))
        except database.UNREACHABLE:
            raise
        except Exception as error:  # whatever the database makes of a rule: the others are not to wait for it
            log.error("audience.not_refreshed", audience=due.code, exc_info=error)
            failure = f"{type(error).__name__}: {error}"[:200]
    if failure:
        await _put_off(due, failure, now)
    else:
        await _store(due, ids, ids - before, now)
    return 1


def _due_of(row: Record) -> Due:
    definition = msgspec.json.decode(row["body"], type=AudienceDefinition)
    return Due(row["code"], row["version_id"], row["edition"], row["due_at"], definition, row["branch"])


async def _take(connection: Connection, due: Sequence[Due]) -> Due | None:
    """The first that waits for no tag and no other, and no other worker is at; held until the snapshot ends."""
    unsettled = await tags.unsettled(connection, {code for one in due for code in one.named_tags()})
    for one in due:
        free = not one.waits_for(due) and not one.named_tags() & unsettled
        if free and await connection.fetchval("SELECT pg_try_advisory_xact_lock($1, hashtext($2))", LOCK, one.code):
            return one
    return None


async def _store(due: Due, ids: BitMap64, entered: BitMap64, now: datetime) -> None:
    async with database.transaction() as connection:
        # Whatever made it due once more meanwhile stays so.
        edition = await connection.fetchval(
            """UPDATE audience a SET edition = edition + 1, members = $4, as_of = $5, failure = NULL,
                                     due_at = CASE WHEN due_at = $6 THEN $7 ELSE due_at END
               FROM configuration c
               WHERE a.code = $1 AND a.version_id = $2 AND a.edition = $3 AND c.id = a.version_id AND c.state = 'live'
               RETURNING a.edition""",
            due.code,
            due.version_id,
            due.edition,
            len(ids),
            now,
            due.due_at,
            due_after(due.definition, now),
        )
        if edition is None:
            return
        gone = BitMap64(row[0] for row in await connection.fetch(_ERASED, now - _LONGEST_AGO))
        if ids & gone:
            ids, entered = ids - gone, entered - gone
            await connection.execute("UPDATE audience SET members = $2 WHERE code = $1", due.code, len(ids))
        await _keep(connection, due.code, ids)
        await _tell(connection, due.code, entered)
        await notices.notify(connection, NOTICE, due.code)
    log.info("audience.refreshed", audience=due.code, edition=edition, members=len(ids), entered=len(entered))


async def _keep(connection: Connection, code: str, ids: BitMap64) -> None:
    """Only pieces that changed are written."""
    pieces = pieces_of(ids)
    numbers = [piece.number for piece in pieces]
    await connection.execute("DELETE FROM audience_piece WHERE code = $1 AND number <> ALL($2::int[])", code, numbers)
    await connection.execute(
        """INSERT INTO audience_piece AS p (code, number, members, bits)
           SELECT $1, t.* FROM unnest($2::int[], $3::int[], $4::bytea[]) AS t
           ON CONFLICT (code, number) DO UPDATE SET members = excluded.members, bits = excluded.bits
           WHERE p.bits <> excluded.bits""",
        code,
        numbers,
        [piece.members for piece in pieces],
        [piece.bits for piece in pieces],
    )


async def _tell(connection: Connection, code: str, entered: BitMap64) -> None:
    facts: list[Any] = []
    for first in range(0, len(entered), PER_FACT):
        facts.append(AudienceEntered(code, tuple(entered[first : first + PER_FACT])))
        if len(facts) == _FACTS:
            await outbox.record(connection, facts)
            facts = []
    await outbox.record(connection, facts)


async def _put_off(due: Due, failure: str, now: datetime) -> None:
    await database.execute(
        "UPDATE audience SET failure = $4, due_at = $5 WHERE code = $1 AND version_id = $2 AND due_at = $3",
        due.code,
        due.version_id,
        due.due_at,
        failure,
        now + AGAIN,
    )
