"""What customers did before a task claimed automatically went live counts for it where its windows look back."""

from collections.abc import Sequence

from domain import approvals, customers, experience, outbox
from domain.facts import BackfillDue, ConfigurationLive
from domain.tasks import book
from domain.tasks.advance import settle, worth
from domain.tasks.catalogue import TaskVersion, catalogue
from domain.tasks.ledger import Ledger
from kit import clock
from kit.database import Connection

PAGE = 200


async def start_backfill(connection: Connection, facts: Sequence[ConfigurationLive]) -> None:
    """Begin at the first customer."""
    due = [BackfillDue(fact.version_id, 0) for fact in facts if fact.kind == "tasks"]
    await outbox.record(connection, due)


async def backfill(connection: Connection, facts: Sequence[BackfillDue]) -> None:
    """Play one page of customers' stored events through each task, and leave word for the next page."""
    await catalogue.know(fact.version_id for fact in facts)
    pages = [await _page(connection, catalogue.version(fact.version_id), fact.after_customer) for fact in facts]
    # All of them at once and before the live set, as everybody else does: nobody waits for each other in a circle.
    everybody = {customer_id for page in pages for customer_id in page}
    await customers.lock(connection, everybody)
    gone = await customers.erased(connection, everybody)
    await catalogue.follow(await approvals.share_live_set(connection))
    for fact, page in zip(facts, pages, strict=True):
        version = catalogue.version(fact.version_id)
        if not catalogue.is_live(version) or not version.definition.claim.automatic:
            continue
        await _play(connection, version, [customer_id for customer_id in page if customer_id not in gone])
        if len(page) == PAGE:
            await outbox.record(connection, [BackfillDue(fact.version_id, page[-1])])


async def _page(connection: Connection, version: TaskVersion, after: int) -> list[int]:
    types = sorted({leaf.item.event_type for leaf in version.program.leaves})
    rows = await connection.fetch(
        """SELECT id FROM customer c WHERE id > $1
             AND EXISTS (SELECT FROM event e WHERE e.customer_id = c.id AND e.type = ANY($2::text[]))
           ORDER BY id LIMIT $3""",
        after,
        types,
        PAGE,
    )
    return [row[0] for row in rows]


async def _play(connection: Connection, version: TaskVersion, page: Sequence[int]) -> None:
    now = clock.now()
    ledger = Ledger(
        await book.load(connection, page, [version.code]),
        now,
        await customers.profiles(connection, page),
        await experience.ranks(connection, page),
    )
    netted = await worth(connection, page)
    for customer_id, events_worth in netted.items():
        ledger.open_for(customer_id, events_worth, version.candidates)
    await settle(connection, ledger.claims, netted, now)
