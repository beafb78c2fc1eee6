"""Every invariant of budgets notices when it is broken."""

import pytest

from domain import events
from domain.reconciliation.budgets import BUDGETS
from kit import database
from tests.domain.benefits.stage import benefit, grant
from tests.domain.campaigns.stage import campaign, customer, holds
from tests.domain.coupons.stage import issue_one, publish_template
from tests.domain.tasks.making import cumulative, purchase, settle, task

WITHOUT_CHECKS = (
    "ALTER TABLE budget_pot DROP CONSTRAINT pot_within_ceiling",
    "ALTER TABLE budget_day DROP CONSTRAINT day_within_ceiling",
)
BROKEN = {
    "budget.pots_are_the_sum": "UPDATE budget_pot SET committed_fen = committed_fen - 1 WHERE branch = 'HQ'",
    "budget.days_are_the_sum": "UPDATE budget_day SET reserved_fen = reserved_fen + 1 WHERE branch = ''",
    "budget.within_every_ceiling": "UPDATE budget_day SET ceiling_fen = 1 WHERE branch = ''",
    "budget.pots_are_the_campaign": "UPDATE budget_pot SET ceiling_fen = ceiling_fen + 1 WHERE branch = ''",
    "budget.lines_follow_their_reservation": "UPDATE budget_entry SET amount_fen = 1 WHERE kind = 'commit'",
    "budget.reserved_is_waited_for": "UPDATE reward_grant SET state = 'cancelled' WHERE state = 'pending'",
    "budget.every_coupon_is_spent_once": "DELETE FROM budget_entry WHERE kind = 'commit' AND source LIKE 'coupon:%'",
    "budget.every_benefit_is_spent_once": "UPDATE benefit_grant SET state = 'voided'",
    "budget.what_a_coupon_cost_is_for_one_that_is_there": "UPDATE coupon SET source = 'somewhere else'",
    "budget.what_a_benefit_cost_is_for_one_that_is_there": "UPDATE benefit_grant SET state = 'expired'",
}


def test_every_one_is_tried() -> None:
    assert BROKEN.keys() == {one.name for one in BUDGETS}


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("name", BROKEN)
async def test_what_breaks_it_is_found(name: str) -> None:
    await campaign(10_000, daily_fen=9_000)
    costs = {"campaign": "autumn", "cost_fen": 350, "per_person": None}
    await publish_template("free7", **costs)
    await benefit("coffee", codes=1, **costs)
    await task("later", cumulative("purchase.count", 1), rewards=[{"coupon": "free7"}], settle_after_days=1)
    await events.ingest([purchase()])
    await settle()
    someone = await customer()
    await issue_one(someone, "free7")
    await grant((someone, "coffee", "g"))
    await holds()
    found: set[str] = set()
    try:
        async with database.transaction() as connection:
            for statement in (*WITHOUT_CHECKS, BROKEN[name]):
                await connection.execute(statement)
            found = {one.name for one in BUDGETS if await connection.fetch(one.sql)}
            raise _Enough
    except _Enough:
        assert name in found
    await holds()


class _Enough(Exception):
    """Nothing of it stays."""
