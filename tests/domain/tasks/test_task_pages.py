"""What a customer's pages show: which tasks, in which state, how far."""

import pytest

from domain import coupons, customers, events, statistics, tasks
from domain.tasks import TaskView
from kit import clock, database
from kit.errors import NotFound
from tests.domain.coupons.stage import MAKER, publish_template
from tests.domain.tasks.making import claim, cumulative, purchase, refund, settle, special, status, task
from tests.domain.tasks.time_machine import TimeMachine

pytestmark = pytest.mark.usefixtures("database")
ONE = cumulative("purchase.count", 1, "claim")


async def page(customer: str = "C1", channel: str = "bank_app") -> dict[str, TaskView]:
    for catalogue in (tasks.catalogue, coupons.catalogue):
        await catalogue.refresh()  # as the notice of a change makes every process do
    views = await tasks.tasks_of((await customers.ids_of([customer]))[customer], channel)
    return {view.version.code: view for view in views}


async def states(customer: str = "C1", channel: str = "bank_app") -> dict[str, str]:
    return {code: view.state for code, view in (await page(customer, channel)).items()}


async def test_a_task_is_available_until_it_is_claimed_and_then_tells_how_far_it_is() -> None:
    await task("spend", {"all": [cumulative("purchase.amount", 30_000), status("wechat.bound")]}, automatic=False)
    view = (await page())["spend"]
    assert (view.state, view.claim, view.percent) == ("available", None, 0)
    assert [(one.label, one.current, one.target, one.unit) for one in view.conditions] == [
        ("累计消费满300元", 0, 30_000, "fen"),
        ("绑定微信", 0, 1, "done"),
    ]
    answer = await claim("C1", "spend")
    await events.ingest([purchase(amount_fen=15_000)])
    view = (await page())["spend"]
    assert view.claim is not None
    assert (view.state, view.claim.claim_id, view.percent) == ("claimed", answer.claim_id, 25)
    assert view.conditions[0].current == 15_000


async def test_a_task_is_followed_through_all_its_states(time_machine: TimeMachine) -> None:
    await task("one", ONE, automatic=False, claim={"days_to_finish": 3}, rewards=[{"experience": 1}])
    await claim("C1", "one")
    bought = purchase(occurred_at=clock.now())
    await events.ingest([bought])
    assert await states() == {"one": "completed"}
    await settle()
    assert await states() == {"one": "rewarded"}
    await events.ingest([refund(bought)])
    assert await states() == {"one": "claimed"}
    time_machine(days=3)
    assert await states() == {"one": "expired"}


async def test_who_does_not_see_a_task_does_not_find_it() -> None:
    await task("payers", ONE, automatic=False, visible={"stages": ["payer"]})
    await task("app", ONE, automatic=False, visible={"channels": ["bank_app"]})
    await task("high", ONE, automatic=False, visible={"min_level": 1})
    assert await states() == {"app": "available"}
    assert await states(channel="wechat_mini") == {}
    await database.execute("UPDATE customer SET stage = 'payer'")
    assert await states() == {"payers": "available", "app": "available"}


async def test_a_claim_stays_on_the_page_though_the_task_is_no_longer_offered(time_machine: TimeMachine) -> None:
    until = (clock.now().replace(microsecond=0)).isoformat()
    await task("over", ONE, automatic=False, claim={"until": until})
    assert await states() == {}
    await task("payers", ONE, automatic=False, visible={"stages": ["base"]})
    await claim("C1", "payers")
    await database.execute("UPDATE customer SET stage = 'credit'")
    assert (await states(), await states("C2")) == ({"payers": "claimed"}, {"payers": "available"})


async def test_a_new_cycle_is_available_again(time_machine: TimeMachine) -> None:
    await task("daily", special("sign_in.days", 1, "claim"), automatic=False, claim={"cycle": "daily"})
    await claim("C1", "daily")
    time_machine(days=1)
    assert await states() == {"daily": "available"}
    second = await claim("C1", "daily")
    view = (await page())["daily"]
    assert view.claim is not None
    assert view.claim.claim_id == second.claim_id


async def test_rewards_are_named() -> None:
    await publish_template("free7")
    await task("one", ONE, rewards=[{"experience": 100}, {"coupon": "free7"}])
    rewards = (await page())["one"].rewards
    assert [(one.kind, one.name, one.amount) for one in rewards] == [
        ("experience", "经验值", 100),
        ("coupon", "7天免息券", 1),
    ]


async def test_nobody_reads_the_claim_of_another() -> None:
    await task("one", ONE, automatic=False)
    answer = await claim("C1", "one")
    await claim("C2", "one")
    assert (await tasks.claim_of(await customers.id_of("C1"), answer.claim_id)).task == "one"
    with pytest.raises(NotFound):
        await tasks.claim_of(await customers.id_of("C2"), answer.claim_id)


async def test_a_task_that_is_not_there_for_this_customer() -> None:
    await task("payers", ONE, automatic=False, visible={"stages": ["payer"]})
    customer_id = (await customers.ids_of(["C1"]))["C1"]
    for code in ("payers", "nothing"):
        with pytest.raises(NotFound):
            await tasks.task_of(customer_id, "bank_app", code)


async def test_the_report_counts_what_happened(time_machine: TimeMachine) -> None:
    await publish_template("free7", cost_fen=350)
    await task("one", ONE, automatic=False, claim={"days_to_finish": 3}, rewards=[{"coupon": "free7"}])
    for number in range(1, 5):
        await claim(f"C{number}", "one")
    first, second = (purchase(f"C{number}", occurred_at=clock.now()) for number in (1, 2))
    await events.ingest([first, second])
    await settle()
    await events.ingest([refund(second), purchase("C3", occurred_at=clock.now())])
    await settle()
    time_machine(days=3)
    await tasks.expire_due()
    report = await statistics.task_report(MAKER, "one")
    assert (report.claimed, report.completed, report.rewarded, report.expired, report.clawed_back) == (4, 2, 2, 1, 1)
    assert report.cost_fen == 700
