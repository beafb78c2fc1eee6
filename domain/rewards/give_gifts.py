"""What rising to a level earns: once for each customer, level and period."""

from collections.abc import Sequence

from domain import benefits, coupons, customers, experience
from domain.facts import LevelRisen
from domain.rewards.costs import follow_prices, hold_budgets
from kit import clock
from kit.database import Connection, Record


async def give_gifts(connection: Connection, facts: Sequence[LevelRisen]) -> None:
    """Give each gift that was not given in its period yet. Idempotent: the gifts' unique key.

    One that cannot be given fails alone and says why. Gifts are not taken back when the level is lost. Experience
    that is given may let the customer rise further: to each level once a period, so that it comes to an end.
    """
    await customers.lock(connection, {fact.customer_id for fact in facts})
    new = await _note(connection, facts)
    await follow_prices(connection)
    await hold_budgets(connection, new, [])
    points = [row for row in new if row["kind"] == "experience"]
    await experience.add(
        connection,
        [experience.Earning(row["customer_id"], row["amount"], f"gift:{row['id']}", row["title"]) for row in points],
    )
    failures = await _issue_coupons(connection, [row for row in new if row["kind"] == "coupon"])
    failures |= await _issue_benefits(connection, [row for row in new if row["kind"] == "benefit"])
    await connection.execute(
        """UPDATE level_gift SET failure = t.failure,
                                 state = CASE WHEN t.failure IS NULL THEN 'granted' ELSE 'failed' END
           FROM unnest($1::bigint[], $2::text[]) AS t (id, failure) WHERE level_gift.id = t.id""",
        [row["id"] for row in new],
        [failures.get(row["id"]) for row in new],
    )


async def _note(connection: Connection, facts: Sequence[LevelRisen]) -> list[Record]:
    wanted = [(fact, place, gift) for fact in facts for place, gift in enumerate(fact.gifts)]
    return await connection.fetch(
        """INSERT INTO level_gift (customer_id, rank, period, position, kind, target, amount, title, state, created_at)
           SELECT t.*, 'pending', $9
           FROM unnest($1::bigint[], $2::smallint[], $3::text[], $4::smallint[], $5::text[], $6::text[], $7::bigint[],
                       $8::text[]) AS t
           ON CONFLICT (customer_id, rank, period, position) DO NOTHING RETURNING *""",
        [fact.customer_id for fact, _, _ in wanted],
        [fact.rank for fact, _, _ in wanted],
        [fact.period for fact, _, _ in wanted],
        [place for _, place, _ in wanted],
        [gift.kind for _, _, gift in wanted],
        [gift.target for _, _, gift in wanted],
        [gift.amount for _, _, gift in wanted],
        [f"升级礼：{fact.name}"[:64] for fact, _, _ in wanted],
        clock.now(),
    )


async def _issue_coupons(connection: Connection, gifts: Sequence[Record]) -> dict[int, str]:
    orders = [coupons.IssueOrder(row["customer_id"], row["target"], f"gift:{row['id']}", "level") for row in gifts]
    issued = await coupons.issue(connection, orders)
    return {
        row["id"]: result.code
        for row, result in zip(gifts, issued, strict=True)
        if isinstance(result, coupons.IssueFailure)
    }


async def _issue_benefits(connection: Connection, gifts: Sequence[Record]) -> dict[int, str]:
    orders = [benefits.IssueOrder(row["customer_id"], row["target"], f"gift:{row['id']}", "level") for row in gifts]
    issued = await benefits.issue(connection, orders)
    return {
        row["id"]: result.code
        for row, result in zip(gifts, issued, strict=True)
        if isinstance(result, benefits.IssueFailure)
    }
