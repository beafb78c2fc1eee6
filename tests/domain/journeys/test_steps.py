"""What each step does to those who stand on it."""

from datetime import timedelta

from domain import customers, tasks
from domain.consents import Purpose
from kit import clock
from kit import database as db
from tests.domain.benefits.stage import benefit
from tests.domain.coupons.stage import publish_template
from tests.domain.journeys.stage import END, GIFT, buys, count, journey, opens, path_of, sound, tell, things, work
from tests.domain.messages.stage import consent, inbox_of, template
from tests.domain.tasks.making import claim, cumulative, settle, state_of, task
from tests.domain.tasks.time_machine import TimeMachine

SMS = {"channel": "sms", "text": "送您一张券"}
NEVER = cumulative("purchase.count", 99)


async def test_an_event_brings_a_coupon_and_a_message_once(database: str) -> None:
    await things()
    await journey(GIFT)
    await tell(buys("C1"))
    assert await path_of("C1") == ["gift"]
    assert await work() == 1
    assert await path_of("C1") == ["gift:done", "tell:done", "end:ended", "(end)"]
    assert await work() == 0
    assert (await count("coupon"), await count("message")) == (1, 1)
    [message] = await inbox_of("C1")
    assert message.title == "您好"
    await sound()


async def test_who_cannot_have_the_coupon_goes_the_other_way_and_hinders_nobody(database: str) -> None:
    await things()
    await publish_template("few", stock=2)
    steps = {
        "gift": {"type": "coupon", "coupon": "few", "next": "end", "otherwise": "sorry"},
        "sorry": {"type": "message", "template": "hello", "next": "end"},
        "end": END,
    }
    await journey(steps)
    await tell(*(buys(f"C{number}") for number in range(1, 5)))
    await work()
    ways = sorted([(await path_of(f"C{number}"))[0] for number in range(1, 5)])
    assert ways == ["gift:done"] * 2 + ["gift:failed!coupon.out_of_stock"] * 2
    assert (await count("coupon"), await count("message")) == (2, 2)
    await sound()


async def test_without_another_way_a_failure_goes_on(database: str) -> None:
    await things()
    await publish_template("none", stock=1, per_person=1)
    await journey(
        {"gift": {"type": "coupon", "coupon": "none", "next": "tell"}, **{k: GIFT[k] for k in ("tell", "end")}}
    )
    await tell(buys("C1"), buys("C2"))
    await work()
    assert sorted([(await path_of("C1"))[:2], (await path_of("C2"))[:2]]) == [
        ["gift:done", "tell:done"],
        ["gift:failed!coupon.out_of_stock", "tell:done"],
    ]


async def test_a_benefit_and_a_second_gift_come_one_after_the_other(database: str) -> None:
    await things()
    await benefit("coffee-cup", codes=1)
    steps = {
        "cup": {"type": "benefit", "benefit": "coffee-cup", "next": "gift"},
        **GIFT,
    }
    await journey(steps)
    await tell(buys("C1"), buys("C2"))
    await work()
    paths = sorted([(await path_of("C1"))[:3], (await path_of("C2"))[:3]])
    assert paths == [
        ["cup:done", "gift:done", "tell:done"],
        ["cup:failed!benefit.out_of_stock", "gift:done", "tell:done"],
    ]
    await sound()


async def test_a_task_is_offered_or_claimed(database: str) -> None:
    await task("offered", NEVER, automatic=False)
    await task("claimed", NEVER, automatic=False)
    steps = {
        "offer": {"type": "task", "task": "offered", "next": "claim"},
        "claim": {"type": "task", "task": "claimed", "mode": "claim", "next": "end", "otherwise": "end"},
        "end": END,
    }
    await journey(steps)
    await tell(buys("C1"), buys("C2"))
    await claim("C2", "claimed")
    await work()
    assert await path_of("C1") == ["offer:done", "claim:done", "end:ended", "(end)"]
    assert await path_of("C2") == ["offer:done", "claim:failed!task.held", "end:ended", "(end)"]
    assert await state_of("C1", "claimed") == "claimed"
    views = {view.version.code: view for view in await tasks.tasks_of(await customers.id_of("C1"), "app")}
    assert views["offered"].offered
    assert not views["claimed"].offered
    await claim("C1", "offered")
    assert await count("task_offer WHERE state = 'claimed'") == 1
    await sound()


async def test_who_agreed_to_no_channel_gets_no_marketing(database: str) -> None:
    await template("offer", title="优惠", body="来看看", variables=[], category="marketing", channels=[SMS])
    steps = {"tell": {"type": "message", "template": "offer", "next": "end"}, "end": END}
    await journey(steps)
    ids = await customers.ids_of(["C1", "C2"])
    await consent(ids["C1"], purpose=Purpose.MARKETING_SMS)
    await tell(buys("C1"), buys("C2"))
    await work()
    assert (await path_of("C1"))[0] == "tell:done"
    assert (await path_of("C2"))[0] == "tell:failed!message.no_consent"
    assert await count("message") == 1
    await sound()


async def test_a_condition_takes_the_first_branch_that_fits(database: str) -> None:
    steps = {
        "ask": {
            "type": "split",
            "branches": [
                {"name": "agreed", "when": {"consent": ["marketing.sms"]}, "next": "end"},
                {"name": "payers", "when": {"stage": ["payer"]}, "next": "end"},
                {"name": "high", "when": {"level": {"at_least": 2}, "card_product": ["gold"]}, "next": "end"},
            ],
            "otherwise": "end",
        },
        "end": END,
    }
    await journey(steps)
    ids = await customers.ids_of(["C1", "C2", "C3", "C4"])
    await consent(ids["C1"], purpose=Purpose.MARKETING_SMS)
    await db.execute("UPDATE customer SET stage = 'payer' WHERE id = ANY($1::bigint[])", [ids["C1"], ids["C2"]])
    await db.execute("UPDATE customer SET card_product = 'gold' WHERE id = ANY($1::bigint[])", [ids["C3"]])
    await db.execute(
        """INSERT INTO experience_account (customer_id, balance, rank, change_no, earned, spent)
           VALUES ($1, 0, 2, 1, 0, 0)""",
        ids["C3"],
    )
    await tell(*(buys(f"C{number}") for number in range(1, 5)))
    await work()
    exits = [(await path_of(f"C{number}"))[0] for number in range(1, 5)]
    assert exits == ["ask:agreed", "ask:payers", "ask:high", "ask:otherwise"]
    await sound()


async def test_shares_are_what_they_say_and_the_same_again(database: str) -> None:
    steps = {
        "ab": {
            "type": "share",
            "parts": [
                {"name": "A", "percent": 50, "next": "end"},
                {"name": "B", "percent": 40, "next": "end"},
                {"name": "holdout", "percent": 10, "next": "end"},
            ],
        },
        "end": END,
    }
    await journey(steps, reentry="after_end")
    numbers = [f"S{number}" for number in range(2_000)]
    for _ in range(2):
        await tell(*(buys(number) for number in numbers))
        await work()
    rows = await db.fetch("SELECT exit, count(*) FROM journey_path WHERE step = 'ab' GROUP BY exit")
    counted = {row[0]: row[1] / 40 for row in rows}
    assert all(abs(counted[name] - percent) < 4 for name, percent in (("A", 50), ("B", 40), ("holdout", 10))), counted
    changed = await db.fetch(
        """SELECT r.customer_id FROM journey_run r JOIN journey_path p ON p.run_id = r.id AND p.step = 'ab'
           GROUP BY r.customer_id HAVING count(DISTINCT p.exit) > 1"""
    )
    assert not changed


async def test_waits_take_their_time(database: str, time_machine: TimeMachine) -> None:
    steps = {
        "hours": {"type": "wait", "hours": 2, "next": "days"},
        "days": {"type": "wait", "days": 1, "next": "morning"},
        "morning": {"type": "wait", "until": {"time": "09:30"}, "next": "past"},
        "past": {"type": "wait", "until": {"time": "09:30", "date": "2020-01-01"}, "next": "end"},
        "end": END,
    }
    await journey(steps)
    await tell(buys("C1"))
    time_machine(hours=1, minutes=59)
    assert await work() == 0
    time_machine(minutes=2)
    assert await work() == 1
    assert await path_of("C1") == ["hours:waited", "days"]
    time_machine(hours=23, minutes=59)
    assert await work() == 0
    time_machine(minutes=2)
    await work()
    due = await db.fetch("SELECT (due_at AT TIME ZONE 'Asia/Shanghai')::time::text, due_at - since FROM journey_run")
    assert due[0][0] == "09:30:00"
    assert 0 < due[0][1].total_seconds() <= 24 * 3600
    time_machine(hours=24)
    await work()
    assert (await path_of("C1"))[-3:] == ["past:waited", "end:ended", "(end)"]
    await sound()


async def test_a_wait_ends_with_what_it_waits_for_or_with_its_time(database: str, time_machine: TimeMachine) -> None:
    steps = {
        "wait": {
            "type": "wait_for",
            "event": "app_login",
            "where": {"channel": {"in": ["ios"]}},
            "timeout": {"days": 3},
            "next": "end",
            "timed_out": "end",
        },
        "end": END,
    }
    await journey(steps)
    await tell(*(buys(f"C{number}") for number in range(1, 5)))
    time_machine(days=1)
    await tell(opens("C1", channel="ios"), opens("C2", channel="web"))
    # Told now, but it happened before they began to wait.
    await tell(opens("C3", channel="ios", occurred_at=clock.now() - timedelta(days=2)))
    await work()
    assert [len(await path_of(f"C{number}")) for number in range(1, 5)] == [3, 1, 1, 1]
    assert (await path_of("C1"))[0] == "wait:happened"
    time_machine(days=2)
    # Too late, though nobody has looked yet.
    await tell(opens("C4", channel="ios"))
    await work()
    assert [(await path_of(f"C{number}"))[0] for number in (2, 3, 4)] == ["wait:timed_out"] * 3
    await sound()


async def test_a_task_ends_a_wait_also_when_it_was_done_before(database: str) -> None:
    await task("fuel", cumulative("purchase.count", 1))
    await task("later", cumulative("purchase.count", 3))
    steps = {
        "first": {
            "type": "wait_for",
            "task_completed": "fuel",
            "timeout": {"days": 1},
            "next": "second",
            "timed_out": "end",
        },
        "second": {
            "type": "wait_for",
            "task_completed": "later",
            "timeout": {"days": 1},
            "next": "end",
            "timed_out": "end",
        },
        "end": END,
    }
    await journey(steps, trigger={"event": "app_login"})
    await tell(opens("C1"))
    await tell(buys("C1"))
    await work()
    assert await path_of("C1") == ["first:happened", "second"]
    await tell(buys("C1"), buys("C1"))
    await work()
    await settle()
    assert await path_of("C1") == ["first:happened", "second:happened", "end:ended", "(end)"]
    await sound()


async def test_in_a_loop_a_step_gives_once(database: str, time_machine: TimeMachine) -> None:
    await things()
    steps = {
        "gift": {"type": "coupon", "coupon": "free7", "next": "wait"},
        "wait": {
            "type": "wait_for",
            "event": "app_login",
            "timeout": {"days": 1},
            "next": "gift",
            "timed_out": "end",
        },
        "end": END,
    }
    await journey(steps)
    await tell(buys("C1"))
    for _ in range(3):
        await work()
        await tell(opens("C1"))
    await work()
    assert await path_of("C1") == ["gift:done", *["wait:happened", "gift:passed"] * 3, "wait"]
    time_machine(days=2)
    await work()
    assert await count("coupon") == 1
    await sound()
