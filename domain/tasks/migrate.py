"""A new version of a task takes over the running claims of those before it, where its makers chose so."""

from collections.abc import Sequence
from datetime import datetime

from domain import approvals, customers, outbox
from domain.facts import ConfigurationLive, MigrationDue
from domain.tasks import book, lateness, rules
from domain.tasks.advance import worth
from domain.tasks.book import OpenClaim
from domain.tasks.catalogue import TaskVersion, catalogue
from domain.tasks.states import ClaimState
from kit import clock
from kit.database import Connection, Record

PAGE = 200
MOVING = (ClaimState.CLAIMED, ClaimState.CLAWED_BACK)
"""Claims that can still be completed by what happens from now on; the others stay on the version they had."""


async def start_migration(connection: Connection, facts: Sequence[ConfigurationLive]) -> None:
    """Begin at the first claim, for versions that take over."""
    tasks = [fact for fact in facts if fact.kind == "tasks"]
    await catalogue.know(fact.version_id for fact in tasks)
    due = [fact for fact in tasks if catalogue.version(fact.version_id).definition.running_claims == "migrate"]
    await outbox.record(connection, [MigrationDue(fact.version_id, 0) for fact in due])


async def migrate(connection: Connection, facts: Sequence[MigrationDue]) -> None:
    """Move one page of claims to each version, and leave word for the next page. Idempotent; nothing is moved to a
    version that is not live any more: what replaced it decides.

    Locks the customers, then shares the live set.
    """
    await catalogue.know(fact.version_id for fact in facts)
    pages = [await _page(connection, fact) for fact in facts]
    await customers.lock(connection, {row["customer_id"] for page in pages for row in page})
    await catalogue.follow(await approvals.share_live_set(connection))
    now = clock.now()
    for fact, page in zip(facts, pages, strict=True):
        version = catalogue.version(fact.version_id)
        if not catalogue.is_live(version):
            continue
        await _move(connection, version, [row["id"] for row in page], now)
        if len(page) == PAGE:
            await outbox.record(connection, [MigrationDue(fact.version_id, page[-1]["id"])])


async def _page(connection: Connection, fact: MigrationDue) -> list[Record]:
    return await connection.fetch(
        """SELECT id, customer_id FROM claim
           WHERE task = $1 AND state = ANY($2::text[]) AND version_id <> $3 AND id > $4 ORDER BY id LIMIT $5""",
        catalogue.version(fact.version_id).code,
        [str(state) for state in MOVING],
        fact.version_id,
        fact.after_claim,
        PAGE,
    )


async def _move(connection: Connection, version: TaskVersion, claim_ids: Sequence[int], now: datetime) -> None:
    rows = await connection.fetch(
        f"""SELECT {book.COLUMNS} FROM claim
            WHERE id = ANY($1::bigint[]) AND version_id <> $2 AND state = ANY($3::text[]) ORDER BY id""",
        list(claim_ids),
        version.id,
        [str(state) for state in MOVING],
    )
    claims = [claim for claim in await book.opened(rows) if claim.open_to_events(now, lateness.allowed())]
    before = {claim.id: (claim.version.id, claim.version.program.percent(claim.states)) for claim in claims}
    billing_days = await customers.profiles(connection, [claim.customer_id for claim in claims])
    netted = await worth(connection, {claim.customer_id for claim in claims})
    for claim in claims:
        take_over(claim, version, billing_days[claim.customer_id].billing_day)
        claim.recompute(netted[claim.customer_id])
    await _note(connection, claims, before, now)
    await book.store(connection, claims, now)


def take_over(claim: OpenClaim, version: TaskVersion, billing_day: int | None) -> None:
    """Put a claim on `version`, its states yet to be computed. It never loses time: the later deadline holds."""
    anew = rules.expiry(version.definition, claim.claimed_at)
    claim.version, claim.states, claim.dirty = version, version.program.start(), True
    if version.program.by_billing_cycle and claim.billing_day is None:
        claim.billing_day = billing_day
    claim.last_until(None if claim.expires_at is None or anew is None else max(claim.expires_at, anew))


async def _note(
    connection: Connection, claims: Sequence[OpenClaim], before: dict[int, tuple[int, int]], now: datetime
) -> None:
    """Write down what version a claim is on, and how its progress changed by that."""
    await connection.execute(
        """WITH moved AS (
             UPDATE claim SET version_id = t.version_id, expires_at = t.expires_at, remind_at = t.remind_at,
                              billing_day = t.billing_day
             FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::timestamptz[], $5::smallint[])
               AS t (id, version_id, expires_at, remind_at, billing_day)
             WHERE claim.id = t.id)
           INSERT INTO claim_move (claim_id, before_version_id, after_version_id, percent_before, percent_after,
                                   moved_at)
           SELECT id, before_version, version_id, percent_before, percent_after, $9
           FROM unnest($1::bigint[], $6::bigint[], $2::bigint[], $7::smallint[], $8::smallint[])
             AS t (id, before_version, version_id, percent_before, percent_after)""",
        [claim.id for claim in claims],
        [claim.version.id for claim in claims],
        [claim.expires_at for claim in claims],
        [rules.remind_at(claim.version.definition, claim.claimed_at, claim.expires_at) for claim in claims],
        [claim.billing_day for claim in claims],
        [before[claim.id][0] for claim in claims],
        [before[claim.id][1] for claim in claims],
        [claim.version.program.percent(claim.states) for claim in claims],
        now,
    )
