"""Taking back what a lost completion had earned: exactly once, however often the refund is told."""

from collections.abc import Sequence

from domain import benefits, campaigns, coupons, customers, experience
from domain.facts import CompletionLost
from domain.rewards.costs import budget_sources
from domain.rewards.debts import owe
from domain.rewards.grant import CLOSED
from domain.rewards.withhold import undo
from kit import clock
from kit.database import Connection, Record


async def claw_back(connection: Connection, facts: Sequence[CompletionLost]) -> None:
    """Cancel what is pending, and what was withheld; take back experience (the balance may go negative) and unused
    coupons and benefits; what was used already becomes a debt. Of a coupon that is in a loan the loan's outcome decides
    (`follow_coupons`). What nobody will use goes back to the budget, what was used stays spent. Idempotent: only grants
    in the state granted are taken back.
    """
    await customers.lock(connection, {fact.customer_id for fact in facts})
    claims, rounds = [fact.claim_id for fact in facts], [fact.round for fact in facts]
    now = clock.now()
    await _hold_budgets(connection, claims, rounds)
    await connection.execute(
        """INSERT INTO reward_grant (claim_id, round, position, customer_id, kind, amount, title, cost_fen, state,
                                     settles_at)
           SELECT claim_id, round, 0, customer_id, $4, 0, '', 0, 'cancelled', $5
           FROM unnest($1::bigint[], $2::smallint[], $3::bigint[]) AS t (claim_id, round, customer_id)
           ON CONFLICT DO NOTHING""",
        claims,
        rounds,
        [fact.customer_id for fact in facts],
        CLOSED,
        now,
    )
    cancelled = await connection.fetch(
        """UPDATE reward_grant g SET state = 'cancelled', change_no = nextval('change_no')
           FROM unnest($1::bigint[], $2::smallint[]) AS t (claim_id, round)
           WHERE g.claim_id = t.claim_id AND g.round = t.round AND g.state IN ('pending', 'withheld') RETURNING g.*""",
        claims,
        rounds,
    )
    await undo(connection, [row["id"] for row in cancelled])
    await campaigns.release(connection, budget_sources(cancelled), "cancelled")
    taken = await connection.fetch(
        """UPDATE reward_grant g SET state = 'clawed_back', clawed_back_at = $3, change_no = nextval('change_no')
           FROM unnest($1::bigint[], $2::smallint[]) AS t (claim_id, round)
           WHERE g.claim_id = t.claim_id AND g.round = t.round AND g.state = 'granted' RETURNING g.*""",
        claims,
        rounds,
        now,
    )
    await _take_experience(connection, [row for row in taken if row["kind"] == "experience"])
    await _take_coupons(connection, [row for row in taken if row["kind"] == "coupon"])
    await _take_benefits(connection, [row for row in taken if row["kind"] == "benefit"])


async def _hold_budgets(connection: Connection, claims: Sequence[int], rounds: Sequence[int]) -> None:
    grants = await connection.fetch(
        """SELECT g.id, g.kind FROM reward_grant g
           JOIN unnest($1::bigint[], $2::smallint[]) AS t (claim_id, round) USING (claim_id, round)""",
        claims,
        rounds,
    )
    await campaigns.lock(connection, (), budget_sources(grants))


async def _take_experience(connection: Connection, taken: Sequence[Record]) -> None:
    await experience.add(
        connection,
        [experience.Earning(row["customer_id"], -row["amount"], f"clawback:{row['id']}", "退货追回") for row in taken],
    )


async def _take_coupons(connection: Connection, taken: Sequence[Record]) -> None:
    if not taken:
        return
    by_coupon = {row["coupon_id"]: row for row in taken}
    left = await coupons.void(connection, by_coupon, "clawback")
    used = [by_coupon[one.coupon_id]["id"] for one in left if one.state == coupons.CouponState.USED]
    await owe(connection, used)


async def _take_benefits(connection: Connection, taken: Sequence[Record]) -> None:
    if not taken:
        return
    by_grant = {row["benefit_grant_id"]: row for row in taken}
    left = await benefits.void(connection, by_grant, "clawback")
    redeemed = [by_grant[one.grant_id]["id"] for one in left if one.state in benefits.HAD]
    await owe(connection, redeemed)
