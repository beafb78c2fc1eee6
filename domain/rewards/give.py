"""Give what is due: experience, coupons, benefits; or keep it back for what its customer still owes."""

from collections.abc import Sequence

import msgspec

from domain import benefits, campaigns, coupons, experience, outbox
from domain.facts import RewardsSettled
from domain.rewards.costs import budget_sources, follow_prices, hold_budgets, price_fen, source_of
from domain.rewards.withhold import withhold
from kit import clock
from kit.database import Connection, Record


async def give(connection: Connection, due: Sequence[Record]) -> None:
    """Give each of these pending grants, whose customers' rows the caller holds, and tell that they are settled.

    One that cannot be given fails alone and says why; one that pays a debt is withheld. What was reserved for a grant
    is spent when it is given, else released. Locks the budgets first, all of them once.
    """
    if not due:
        return
    await follow_prices(connection)
    await hold_budgets(connection, due, budget_sources(due))
    withheld = await withhold(connection, due, {row["id"]: _cost_fen(row) for row in due})
    given = [row for row in due if row["id"] not in withheld]
    await _add_experience(connection, [row for row in given if row["kind"] == "experience"])
    outcomes = await _issue_coupons(connection, [row for row in given if row["kind"] == "coupon"])
    outcomes |= await _issue_benefits(connection, [row for row in given if row["kind"] == "benefit"])
    outcomes |= {grant_id: _Outcome("withheld", cost_fen=cost_fen) for grant_id, cost_fen in withheld.items()}
    await _note(connection, due, outcomes)
    await _settle_budgets(connection, due, outcomes)
    settled = {(row["claim_id"], row["round"]): row["customer_id"] for row in due}
    await outbox.record(connection, [RewardsSettled(claim, turn, who) for (claim, turn), who in settled.items()])


class _Outcome(msgspec.Struct, frozen=True):
    state: str = "granted"
    failure: str | None = None
    coupon_id: int | None = None
    benefit_grant_id: int | None = None
    cost_fen: int = 0


def _cost_fen(row: Record) -> int:
    """As at the completion; what cost nothing then may cost something now."""
    return row["cost_fen"] or price_fen(row["kind"], row["target"])


async def _settle_budgets(connection: Connection, due: Sequence[Record], outcomes: dict[int, _Outcome]) -> None:
    states = {row["id"]: outcomes.get(row["id"], _Outcome()).state for row in due}
    given = [row for row in due if states[row["id"]] == "granted"]
    await campaigns.commit(connection, budget_sources(given))
    for state in ("failed", "withheld"):
        await campaigns.release(connection, budget_sources([row for row in due if states[row["id"]] == state]), state)


async def _add_experience(connection: Connection, due: Sequence[Record]) -> None:
    await experience.add(
        connection,
        [experience.Earning(row["customer_id"], row["amount"], source_of(row), row["title"]) for row in due],
    )


async def _issue_coupons(connection: Connection, due: Sequence[Record]) -> dict[int, _Outcome]:
    orders = [coupons.IssueOrder(row["customer_id"], row["target"], source_of(row), "reward") for row in due]
    issued = await coupons.issue(connection, orders)
    return {
        row["id"]: _Outcome("failed", result.code)
        if isinstance(result, coupons.IssueFailure)
        else _Outcome(coupon_id=result.coupon_id, cost_fen=_cost_fen(row))
        for row, result in zip(due, issued, strict=True)
    }


async def _issue_benefits(connection: Connection, due: Sequence[Record]) -> dict[int, _Outcome]:
    orders = [benefits.IssueOrder(row["customer_id"], row["target"], source_of(row), "reward") for row in due]
    issued = await benefits.issue(connection, orders)
    return {
        row["id"]: _Outcome("failed", result.code)
        if isinstance(result, benefits.IssueFailure)
        else _Outcome(benefit_grant_id=result.grant_id, cost_fen=_cost_fen(row))
        for row, result in zip(due, issued, strict=True)
    }


async def _note(connection: Connection, due: Sequence[Record], outcomes: dict[int, _Outcome]) -> None:
    given = [outcomes.get(row["id"], _Outcome()) for row in due]
    await connection.execute(
        """UPDATE reward_grant SET state = t.state, failure = t.failure, coupon_id = t.coupon_id,
                                   benefit_grant_id = t.benefit_grant_id, cost_fen = t.cost_fen, granted_at = $7,
                                   change_no = nextval('change_no')
           FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[])
             AS t (id, state, failure, coupon_id, benefit_grant_id, cost_fen)
           WHERE reward_grant.id = t.id""",
        [row["id"] for row in due],
        [outcome.state for outcome in given],
        [outcome.failure for outcome in given],
        [outcome.coupon_id for outcome in given],
        [outcome.benefit_grant_id for outcome in given],
        [outcome.cost_fen for outcome in given],
        clock.now(),
    )
