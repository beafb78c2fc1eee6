"""Why a stored claim has not moved: from its events, to its owner only, whenever they arrived."""

from datetime import timedelta

import pytest

from domain import customers, events, tasks
from kit import clock, database
from kit.errors import NotFound
from tests.domain.tasks.making import (
    claim,
    claims_of,
    cumulative,
    event,
    purchase,
    refund,
    special,
    status,
    task,
    told,
)
from tests.domain.tasks.time_machine import TimeMachine

pytestmark = pytest.mark.usefixtures("database")
FUEL = {"in": ["5541"]}


async def explained(customer: str, code: str) -> tasks.Explanation:
    claim_row = (await claims_of(customer, code))[-1]
    return await tasks.explain(claim_row["customer_id"], claim_row["id"])


def codes(reasons: list[tasks.Reason]) -> list[str]:
    return [str(reason.code) for reason in reasons]


async def test_a_claim_is_explained_from_what_is_stored(time_machine: TimeMachine) -> None:
    await task("fuel", cumulative("purchase.amount", 30_000, "claim", mcc=FUEL), automatic=False)
    await events.ingest([purchase(amount_fen=700)])
    await claim("C1", "fuel")
    time_machine(hours=1)
    partly = purchase(amount_fen=20_000)
    orphan = event("refund", amount_fen=1_200, mcc="5541", original_event_id="nobody-knows")
    await events.ingest([partly, purchase(amount_fen=9_999, mcc="5812"), refund(partly, 5_000), orphan])
    found = await explained("C1", "fuel")
    [condition] = found.conditions
    assert (found.done, found.text) == (False, "以下条件全部完成后，任务即完成")
    assert (condition.progress.current, condition.missing) == (13_800, 16_200)
    assert condition.text == "领取后加油站消费还差 162.00 元"
    assert [(one.code, one.amount_fen, one.merchant) for one in condition.counted] == [
        ("partly_refunded", 15_000, "壳牌")
    ]
    assert codes(condition.not_counted) == ["mcc", "before_claim"]
    assert condition.not_counted[0].text.endswith("日 的消费未计入：商户类别不符")
    assert [one.text for one in condition.deducted] == ["退款 12.00 元已从进度中扣除"]


async def test_only_the_latest_ten_are_listed_and_the_latest_500_looked_at() -> None:
    await task("many", cumulative("purchase.count", 1_000))
    start = clock.now() - timedelta(hours=2)
    await events.ingest([purchase(occurred_at=start + timedelta(seconds=second)) for second in range(520)])
    [condition] = (await explained("C1", "many")).conditions
    assert condition.progress.current == 520
    assert [one.occurred_at for one in condition.counted] == [start + timedelta(seconds=519 - n) for n in range(10)]


async def test_a_refund_of_a_purchase_long_before_the_window_is_not_taken_for_an_unlinked_one(
    time_machine: TimeMachine,
) -> None:
    long_ago = purchase(amount_fen=50_000)
    await events.ingest([long_ago])
    time_machine(days=100)
    await task("fuel", cumulative("purchase.amount", 30_000, "claim"), automatic=False)
    await claim("C1", "fuel")
    time_machine(hours=1)
    await events.ingest([refund(long_ago, 40_000), purchase(amount_fen=10_000)])
    [condition] = (await explained("C1", "fuel")).conditions
    assert (condition.progress.current, condition.deducted, condition.not_counted) == (10_000, [], [])


async def test_what_came_after_completion_or_too_late_says_so(time_machine: TimeMachine) -> None:
    terms = {"days_to_finish": 3}
    await task("two", cumulative("purchase.count", 2, "claim"), automatic=False, claim=terms)
    await claim("C1", "two")
    await claim("C2", "two")
    time_machine(hours=1)
    within = clock.now()
    await events.ingest([purchase("C1"), purchase("C1"), purchase("C2", occurred_at=within)])
    await events.ingest([purchase("C1"), purchase("C1", mcc="5812")])
    [condition] = (await explained("C1", "two")).conditions
    assert (codes(condition.counted), codes(condition.not_counted)) == (["counted"] * 2, ["after_completion"] * 2)
    time_machine(days=11)
    await events.ingest([purchase("C2", occurred_at=within)])
    found = await explained("C2", "two")
    [condition] = found.conditions
    assert found.text == "任务已到期，条件没有全部完成"
    assert (condition.progress.current, condition.missing) == (1, 1)
    assert (codes(condition.counted), codes(condition.not_counted)) == (["counted"], ["arrived_late"])


async def test_a_refund_after_completion_lets_everything_count_again() -> None:
    await task("three", cumulative("purchase.count", 2))
    one, two, three, four = (purchase() for _ in range(4))
    await events.ingest([one, two])
    await events.ingest([three, four])
    await events.ingest([refund(one)])
    [condition] = (await explained("C1", "three")).conditions
    assert (condition.progress.current, condition.progress.done) == (3, True)
    assert (codes(condition.counted), codes(condition.not_counted)) == (["counted"] * 3, ["refunded"])


async def test_several_conditions_say_how_many_are_needed() -> None:
    choices = [cumulative("purchase.count", 2), special("sign_in.days", 2), status("wechat.bound")]
    await task("any", {"at_least": 2, "of": choices})
    await events.ingest([purchase(), event("sign_in"), event("sign_in")])
    found = await explained("C1", "any")
    assert found.text == "以下条件完成任意 2 个，任务即完成"
    assert [one.missing for one in found.conditions] == [1, 1, 1]
    assert [one.amount_fen for one in found.conditions[1].counted] == [None]
    await events.ingest([told("wechat.bound"), purchase()])
    done = await explained("C1", "any")
    assert (done.done, done.text) == (True, "任务已完成")


async def test_a_claim_is_explained_to_its_owner_only() -> None:
    await task("one", cumulative("purchase.count", 2))
    await events.ingest([purchase("C1"), purchase("C2")])
    [mine] = await claims_of("C1", "one")
    stranger = (await customers.ids_of(["C2"]))["C2"]
    for customer_id, claim_id in ((stranger, mine["id"]), (mine["customer_id"], mine["id"] + 10_000)):
        with pytest.raises(NotFound):
            await tasks.explain(customer_id, claim_id)


async def test_a_claim_keeps_to_its_version_when_the_task_is_edited() -> None:
    await task("fuel", cumulative("purchase.amount", 30_000, mcc=FUEL))
    await events.ingest([purchase()])
    await task("fuel", cumulative("purchase.amount", 90_000, mcc={"in": ["5812"]}))
    await events.ingest([purchase(mcc="5812")])
    [condition] = (await explained("C1", "fuel")).conditions
    assert (condition.progress.target, codes(condition.counted), codes(condition.not_counted)) == (
        30_000,
        ["counted"],
        ["mcc"],
    )
    assert await database.fetchval("SELECT count(*) FROM claim") == 1
