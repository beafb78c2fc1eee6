"""A reward or a gift that its supplier will not issue after all has failed; what becomes of it when it is taken back."""

import pytest

from domain import benefits, events, experience, reconciliation, suppliers
from kit import database
from tests.domain.benefits.stage import benefit
from tests.domain.coupons.stage import publish
from tests.domain.suppliers.conftest import keys_dir, twin
from tests.domain.suppliers.twin import Twin
from tests.domain.tasks.making import cumulative, purchase, refund, settle, task

__all__ = ["keys_dir", "twin"]
ONE = cumulative("purchase.count", 1)


async def ticket(twin: Twin) -> None:
    await twin.admit()
    await benefit("ticket", stock_mode="supplier_api", supplier="films")


async def test_a_refused_reward_is_failed_and_says_why(twin: Twin) -> None:
    await ticket(twin)
    await twin.decide_next("refused")
    await task("one", ONE, rewards=[{"benefit": "ticket"}])
    await events.ingest([purchase()])
    await settle()
    assert await database.fetchval("SELECT state FROM reward_grant") == "granted"
    assert await suppliers.ask_suppliers() == 1
    assert await reconciliation.reconcile() == [], "the fact that will see to it is recorded"
    await settle()
    row = await database.fetchrow("SELECT state, failure FROM reward_grant")
    assert row is not None
    assert tuple(row) == ("failed", "product.sold_out")
    assert await reconciliation.reconcile() == []


async def test_a_refused_gift_is_failed(twin: Twin) -> None:
    await ticket(twin)
    await twin.decide_next("refused")
    levels = [
        {"rank": 0, "name": "普通", "threshold": 0},
        {"rank": 1, "name": "银卡", "threshold": 10, "gifts": [{"benefit": "ticket"}]},
    ]
    await publish(experience.LEVEL_TABLES, "default", {"name": "等级", "levels": levels})
    await task("one", ONE, rewards=[{"experience": 10}])
    await events.ingest([purchase()])
    await settle()
    await suppliers.ask_suppliers()
    await settle()
    row = await database.fetchrow("SELECT state, failure FROM level_gift")
    assert row is not None
    assert tuple(row) == ("failed", "product.sold_out")
    assert await reconciliation.reconcile() == []


@pytest.mark.parametrize("asked", [False, True])
async def test_taken_back_while_the_supplier_is_asked_or_before(twin: Twin, asked: bool) -> None:
    await ticket(twin)
    await task("one", ONE, rewards=[{"benefit": "ticket"}])
    bought = purchase()
    await events.ingest([bought])
    await settle()
    if asked:
        await twin.fault("http_503", "/issues")
        await suppliers.ask_suppliers()
    await events.ingest([refund(bought)])
    await settle()
    assert await database.fetchval("SELECT state FROM benefit_grant") == "voided"
    state = await database.fetchval("SELECT state FROM supplier_request")
    assert state == ("waiting" if asked else "withdrawn")
    assert await database.fetchval("SELECT count(*) FROM debt") == 0
    assert await reconciliation.reconcile() == []


async def test_a_code_that_was_shown_is_owed_for_though_nobody_used_it_yet(twin: Twin) -> None:
    await twin.admit()
    await benefit("ticket", stock_mode="supplier_api", supplier="films", confirmed_by_supplier=True)
    await task("one", ONE, rewards=[{"benefit": "ticket"}])
    bought = purchase()
    await events.ingest([bought])
    await settle()
    await suppliers.ask_suppliers()
    row = await database.fetchrow("SELECT id, customer_id FROM benefit_grant")
    assert row is not None
    await benefits.redeem(row["customer_id"], row["id"])
    await events.ingest([refund(bought)])
    await settle()
    assert await database.fetchval("SELECT state FROM benefit_grant") == "redeeming"
    assert await database.fetchval("SELECT count(*) FROM debt") == 1
    assert await reconciliation.reconcile() == []
