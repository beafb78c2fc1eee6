"""A supplier exited: other benefits take the place of what it had granted and nobody has used."""

from collections.abc import Sequence

from domain import approvals, benefits, campaigns, customers
from domain.benefits import Issued, IssueOrder, Standing, Supplier
from kit import database, logging
from kit.database import Connection, Record

log = logging.get("suppliers")
BATCH = 200


async def substitute() -> int:
    """Give up to 200 open grants of each exited supplier the substitute its document names; returns how many got one.

    Open is what is granted and was not shown, and what the supplier was not asked for yet. The old grant is voided and
    points to the new one, which does not count against the personal cap. Where there is none (out of stock, over a
    budget) the old one stays as it is. Idempotent: one substitute for a grant.
    """
    await benefits.catalogue.refresh()
    done = 0
    for supplier in benefits.catalogue.suppliers.values():
        leaving = supplier.definition.exit
        if supplier.standing is Standing.EXITED and leaving is not None:
            for benefit, instead in leaving.substitute.items():
                done += await database.retried(lambda: _replace(supplier, benefit, instead))  # noqa: B023 - awaited here
    return done


async def _replace(supplier: Supplier, benefit: str, instead: str) -> int:
    async with database.transaction() as connection:
        found = await _open(connection, supplier, benefit)
        if not found:
            return 0
        await customers.lock(connection, {row["customer_id"] for row in found})
        await benefits.catalogue.follow(await approvals.share_live_set(connection))
        await _hold_budgets(connection, found, instead)
        still = await _open(connection, supplier, benefit, [row["id"] for row in found])
        orders = [
            IssueOrder(row["customer_id"], instead, f"substitute:{row['id']}", "substitute", replaces=True)
            for row in still
        ]
        issued = await benefits.issue(connection, orders)
        replaced = {
            row["id"]: outcome.grant_id
            for row, outcome in zip(still, issued, strict=True)
            if isinstance(outcome, Issued)
        }
        await _void(connection, replaced)
    if len(replaced) < len(still):
        log.warning("supplier.no_substitute", supplier=supplier.code, benefit=benefit, left=len(still) - len(replaced))
    return len(replaced)


async def _hold_budgets(connection: Connection, found: Sequence[Record], instead: str) -> None:
    """What the old ones cost goes back, what the new ones cost is spent: these budgets are locked before any stock."""
    new = benefits.catalogue.live.get(instead)
    spent = {new.definition.campaign} if new and new.definition.campaign else set()
    await campaigns.lock(connection, spent, [benefits.budget_source(row["source"]) for row in found])


async def _open(
    connection: Connection, supplier: Supplier, benefit: str, among: list[int] | None = None
) -> list[Record]:
    return await connection.fetch(
        """SELECT g.id, g.customer_id, g.source FROM benefit_grant g
           JOIN configuration v ON v.id = g.version_id AND v.body ->> 'supplier' = $1
           LEFT JOIN supplier_request r ON r.grant_id = g.id
           WHERE g.benefit = $2 AND ($3::bigint[] IS NULL OR g.id = ANY($3))
             AND (g.state = 'granted' OR (g.state = 'issuing' AND r.attempts = 0)) AND g.substitute_id IS NULL
           ORDER BY g.id LIMIT $4""",
        supplier.code,
        benefit,
        among,
        BATCH,
    )


async def _void(connection: Connection, replaced: dict[int, int]) -> None:
    """Void first: only what is voided may point to its substitute."""
    await benefits.void(connection, replaced, "substituted")
    await connection.execute(
        """UPDATE benefit_grant g SET substitute_id = t.new FROM unnest($1::bigint[], $2::bigint[]) AS t (old, new)
           WHERE g.id = t.old""",
        list(replaced),
        list(replaced.values()),
    )
