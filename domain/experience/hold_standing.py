"""What a level's holders have as long as they hold it: granted once a period, voided unused when the level is lost."""

from collections.abc import Collection, Sequence

from domain import approvals, benefits, customers
from domain.experience import accounts
from domain.experience.catalogue import catalogue
from domain.experience.rules import Account
from domain.facts import LevelMoved
from kit import clock, logging
from kit.database import Connection, Record

log = logging.get("experience")
_NOTHING = frozenset({benefits.GrantState.VOIDED, benefits.GrantState.FAILED})
Wanted = dict[tuple[int, str], str]
"""The period for which a customer is to have a benefit."""


async def hold_standing(connection: Connection, facts: Sequence[LevelMoved]) -> None:
    """Make the standing benefits of these customers those of the level they hold now, for the present period.

    Idempotent, in whatever order it is told. One that was redeemed is not granted again in its period; one that was
    voided with the level is when the level comes back. One that cannot be granted is tried again at the next move.
    """
    await match(connection, {fact.customer_id for fact in facts})


async def match(connection: Connection, customer_ids: Collection[int]) -> None:
    """Grant what is missing and void what is not theirs any more. Locks the customers, then shares the live set."""
    ids = sorted(customer_ids)
    await customers.lock(connection, ids)
    await catalogue.follow(await approvals.share_live_set(connection))
    wanted = await _wanted(connection, ids)
    known = await connection.fetch(
        """SELECT s.id, s.customer_id, s.benefit, s.period, s.grant_id, g.state FROM standing_benefit s
           LEFT JOIN benefit_grant g ON g.id = s.grant_id WHERE s.customer_id = ANY($1::bigint[]) ORDER BY s.id""",
        ids,
    )
    lost = [row["grant_id"] for row in known if row["grant_id"] and not _is_wanted(row, wanted)]
    await benefits.void(connection, lost, "level")
    kept = {(row["customer_id"], row["benefit"]) for row in known if _is_wanted(row, wanted) and _counts(row)}
    tried = {
        (row["customer_id"], row["benefit"]): row["id"]
        for row in known
        if _is_wanted(row, wanted) and row["grant_id"] is None
    }
    await _grant(connection, {key: wanted[key] for key in wanted if key not in kept}, tried)


async def _wanted(connection: Connection, ids: Sequence[int]) -> Wanted:
    levels = catalogue.in_force.table.levels
    rows = await connection.fetch(
        f"SELECT {accounts.COLUMNS} FROM experience_account WHERE customer_id = ANY($1::bigint[])", ids
    )
    held = {row["customer_id"]: Account(*row[1:]) for row in rows}
    return {
        (customer_id, benefit): account.period
        for customer_id, account in held.items()
        for benefit in levels[min(account.rank, len(levels) - 1)].standing
    }


def _is_wanted(row: Record, wanted: Wanted) -> bool:
    return wanted.get((row["customer_id"], row["benefit"])) == row["period"]


def _counts(row: Record) -> bool:
    """It is there, or was redeemed or let expire: no second one in its period."""
    return row["grant_id"] is not None and row["state"] not in _NOTHING


async def _grant(connection: Connection, missing: Wanted, tried: dict[tuple[int, str], int]) -> None:
    new = [(*key, period) for key, period in missing.items() if key not in tried]
    made = await connection.fetch(
        """INSERT INTO standing_benefit (customer_id, benefit, period, turn, created_at)
           SELECT t.*, 1 + (SELECT count(*) FROM standing_benefit s WHERE s.customer_id = t.customer_id
                            AND s.benefit = t.benefit AND s.period = t.period), $4
           FROM unnest($1::bigint[], $2::text[], $3::text[]) AS t (customer_id, benefit, period)
           RETURNING customer_id, benefit, id""",
        [customer_id for customer_id, _, _ in new],
        [benefit for _, benefit, _ in new],
        [period for _, _, period in new],
        clock.now(),
    )
    due = {(row[0], row[1]): row[2] for row in made} | {key: tried[key] for key in missing if key in tried}
    orders = [
        benefits.IssueOrder(customer_id, benefit, f"standing:{number}", "level")
        for (customer_id, benefit), number in sorted(due.items())
    ]
    issued = await benefits.issue(connection, orders)
    outcomes = [
        (due[order.customer_id, order.benefit], getattr(one, "grant_id", None), getattr(one, "code", None))
        for order, one in zip(orders, issued, strict=True)
    ]
    await connection.execute(
        """UPDATE standing_benefit s SET grant_id = t.grant_id, failure = t.failure
           FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS t (id, grant_id, failure) WHERE s.id = t.id""",
        [number for number, _, _ in outcomes],
        [grant_id for _, grant_id, _ in outcomes],
        [failure for _, _, failure in outcomes],
    )
    for number, _, failure in outcomes:
        if failure is not None:
            log.warning("level.standing_not_granted", standing_id=number, reason=failure)
