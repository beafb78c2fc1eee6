"""A task may reward a benefit; taken back while nobody has redeemed it, owed for once somebody has."""

import pytest

from domain import benefits, customers, events, statistics, tasks
from kit import database
from kit.errors import RuleViolated
from tests.domain.benefits.stage import benefit
from tests.domain.coupons.stage import MAKER
from tests.domain.tasks.making import cumulative, overtaken, purchase, refund, settle, task

pytestmark = pytest.mark.usefixtures("database")
ONE = cumulative("purchase.count", 1)


async def test_it_is_granted_counted_and_shown_by_its_name() -> None:
    await benefit("coffee", codes=1)
    await task("one", ONE, rewards=[{"benefit": "coffee"}, {"benefit": "coffee"}])
    await events.ingest([purchase()])
    await settle()
    view = await tasks.task_of(await customers.id_of("C1"), "bank_app", "one")
    assert [(one.kind, one.name) for one in view.rewards] == [("benefit", "咖啡券")] * 2
    grants = await database.fetch("SELECT state, failure, cost_fen FROM reward_grant ORDER BY position")
    assert [tuple(row) for row in grants] == [("granted", None, 2_000), ("failed", "benefit.out_of_stock", 0)]
    assert (await statistics.task_report(MAKER, "one")).cost_fen == 2_000


async def test_a_benefit_that_is_not_there_is_refused() -> None:
    with pytest.raises(RuleViolated) as refused:
        await task("one", ONE, rewards=[{"benefit": "nothing"}])
    assert [fault.path for fault in refused.value.faults] == ["rewards[0].benefit"]


@pytest.mark.parametrize("redeemed", [False, True])
async def test_it_is_taken_back_or_owed_for(redeemed: bool) -> None:
    await benefit("coffee", codes=1)
    await task("one", ONE, rewards=[{"benefit": "coffee"}])
    bought = purchase()
    await events.ingest([bought])
    await settle()
    owner = await customers.id_of("C1")
    [mine] = await benefits.grants_of(owner, None, None, 9)
    if redeemed:
        await benefits.redeem(owner, mine.id)
    for _ in range(2):
        await events.ingest([refund(bought)])
        await settle()
    [mine] = await benefits.grants_of(owner, None, None, 9)
    assert mine.state == ("redeemed" if redeemed else "voided")
    debts = await database.fetch("SELECT kind, amount, state FROM debt")
    assert [tuple(row) for row in debts] == ([("benefit", 2_000, "open")] if redeemed else [])


async def test_a_redemption_while_it_is_taken_back_is_one_or_the_other() -> None:
    await benefit("coffee", codes=1)
    await task("one", ONE, rewards=[{"benefit": "coffee"}])
    bought = purchase()
    await events.ingest([bought])
    await settle()
    owner = await customers.id_of("C1")
    [mine] = await benefits.grants_of(owner, None, None, 9)
    await events.ingest([refund(bought)])
    await overtaken(lambda _: benefits.redeem(owner, mine.id), settle)
    assert await database.fetchval("SELECT amount FROM debt") == 2_000
