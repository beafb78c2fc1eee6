"""Purchases at excluded merchants count for nothing, told in whatever order, from when the table holds."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from domain import approvals, customers, events, tasks
from domain.tasks import MCC_EXCLUSIONS
from kit import clock
from kit.errors import RuleViolated
from tests.domain.coupons.stage import MAKER, publish
from tests.domain.tasks.making import claim, claims_of, cumulative, event, purchase, refund, task
from tests.domain.tasks.time_machine import TimeMachine

pytestmark = pytest.mark.usefixtures("database")
BETTING = {"mcc": "7995", "reason": "博彩"}


async def table(*mccs: dict[str, str], **more: Any) -> approvals.Version:
    return await publish(MCC_EXCLUSIONS, "default", {"name": "通用", "mccs": list(mccs), **more})


async def current(customer: str, code: str) -> list[int]:
    [one] = await claims_of(customer, code)
    view = await tasks.claim_of(await customers.id_of(customer), one["id"])
    return [condition.current for condition in view.conditions]


EVERY = {
    "all": [
        cumulative("purchase.amount", 10**6),
        cumulative("purchase.count", 99),
        cumulative("purchase.merchants", 99),
        {"category": "stream", "item": "purchase", "at_least": 10**6, "window": "lifetime"},
        cumulative("repayment.amount", 10**6),
    ]
}


async def test_an_excluded_purchase_counts_for_no_condition_and_its_refund_takes_nothing_off(
    time_machine: TimeMachine,
) -> None:
    await task("every", EVERY)
    await table(BETTING)
    time_machine(hours=1)
    now = clock.now()
    shop = {"merchant_id": "M1", "mcc": "5411", "occurred_at": now}
    bet = {"merchant_id": "M2", "mcc": "7995", "occurred_at": now}
    lost = purchase(amount_fen=900, **bet)
    told = [purchase(amount_fen=500, **shop), lost, refund(lost, amount_fen=100), purchase(amount_fen=30, **shop)]
    told.append(event("repayment", amount_fen=70, **bet))
    for customer, batch in (("C1", told), ("C2", told[::-1])):
        for one in batch:
            copy = {"customer_no": customer, "event_id": f"{customer}-{one.event_id}"}
            named = {"original_event_id": f"{customer}-{one.original_event_id}"} if one.original_event_id else {}
            await events.ingest([msgspec.structs.replace(one, **copy, **named)])
    assert await current("C1", "every") == await current("C2", "every") == [530, 2, 1, 500, 70]


async def test_an_unlinked_refund_of_an_excluded_kind_takes_nothing_off(time_machine: TimeMachine) -> None:
    await task("every", EVERY)
    await table(BETTING)
    time_machine(hours=1)
    await events.ingest([purchase(amount_fen=500, mcc="5411", occurred_at=clock.now())])
    for mcc, left in (("7995", 500), ("5411", 400)):
        await events.ingest([event("refund", amount_fen=100, mcc=mcc, occurred_at=clock.now())])
        assert (await current("C1", "every"))[0] == left


async def test_what_happened_before_the_table_held_keeps_counting(time_machine: TimeMachine) -> None:
    await task("sum", cumulative("purchase.amount", 10**6))
    before = purchase(amount_fen=100, mcc="7995")
    await table(BETTING)
    time_machine(days=1)
    during = purchase(amount_fen=10, mcc="7995")
    await table(
        BETTING, {"mcc": "9311", "reason": "税款"}, effective_from=(clock.now() + timedelta(days=1)).isoformat()
    )
    tax_before = purchase(amount_fen=1, mcc="9311", occurred_at=clock.now() + timedelta(hours=1))
    still = purchase(amount_fen=10, mcc="7995", occurred_at=clock.now() + timedelta(hours=1))
    time_machine(days=2)
    tax_during = purchase(amount_fen=20, mcc="9311")
    await approvals.end(MCC_EXCLUSIONS, "default", MAKER)
    time_machine(days=1)
    after = purchase(amount_fen=1_000, mcc="7995")
    await events.ingest([after, tax_during, still, tax_before, during, before])
    assert await current("C1", "sum") == [1_101]


async def test_a_table_under_another_code_excludes_nothing(time_machine: TimeMachine) -> None:
    await task("sum", cumulative("purchase.amount", 10**6))
    await publish(MCC_EXCLUSIONS, "draft-of-next-year", {"name": "明年", "mccs": [BETTING]})
    time_machine(hours=1)
    await events.ingest([purchase(amount_fen=100, mcc="7995")])
    assert await current("C1", "sum") == [100]


async def test_the_customer_is_told_why(time_machine: TimeMachine) -> None:
    await task("sum", cumulative("purchase.amount", 10**6, "claim"), automatic=False)
    await table(BETTING)
    made = await claim("C1", "sum")
    time_machine(hours=1)
    await events.ingest([purchase(amount_fen=100, mcc="7995", occurred_at=clock.now())])
    explained = await tasks.explain(await customers.id_of("C1"), made.claim_id)
    [reason] = explained.conditions[0].not_counted
    assert reason.code == "mcc_excluded"
    assert reason.text.endswith("的消费未计入：该类商户的消费不参与活动（博彩）")


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"mccs": [BETTING, BETTING]}, "mccs[1].mcc"),
        ({"mccs": [{"mcc": "0001", "reason": "无"}]}, "mccs[0].mcc"),
        ({"mccs": [], "effective_from": "2020-01-01T00:00:00+08:00"}, "effective_from"),
    ],
)
async def test_an_impossible_table_is_refused_by_path(document: dict[str, Any], path: str) -> None:
    with pytest.raises(RuleViolated) as refused:
        await publish(MCC_EXCLUSIONS, "default", {"name": "通用", **document})
    assert [fault.path for fault in refused.value.faults] == [path]
