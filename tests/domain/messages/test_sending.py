"""Messages leave by the first channel that works, once, and by the next one when it does not."""

import asyncio

import pytest

from domain import messages
from domain.messages.ask import ask
from domain.messages.choose import choose
from domain.messages.conclude import conclude
from domain.messages.policy import ChannelLimits, MessagePolicy
from kit import clock, database
from tests.domain.messages import stage
from tests.domain.messages.stage import NOTICE, PUSH, SMS, SUBSCRIBE, bind, broken, by, states, write
from tests.domain.messages.twin import Twin, send_all
from tests.domain.tasks.time_machine import TimeMachine


async def test_by_wechat_and_not_by_sms_once_it_has_arrived(twin: Twin, people: list[int], noon: TimeMachine) -> None:
    await by({**SUBSCRIBE, "fallback_after_minutes": 120}, SMS)
    await bind(people[0], "oA")
    await twin.accept("oA", "T1")
    await write(people[0])
    await send_all()
    assert await states() == [("wechat", "sent", None), ("sms", "waiting", None)]
    await twin.tell("wechat/outcomes", openid="oA", delivery="twice")
    assert await states() == [("wechat", "delivered", None), ("sms", "skipped", "not_needed")]
    noon(hours=3)
    await send_all()
    assert (await twin.texts(), len(await twin.wechat()), await broken()) == ([], 1, {})
    assert await database.fetchval("SELECT remaining FROM subscription") == 0


async def test_by_sms_after_two_hours_in_which_wechat_has_not_delivered(
    twin: Twin, people: list[int], noon: TimeMachine
) -> None:
    await by({**SUBSCRIBE, "fallback_after_minutes": 120}, SMS)
    await bind(people[0], "oA")
    await twin.accept("oA", "T1")
    await write(people[0])
    await send_all()
    noon(minutes=119)
    await send_all()
    assert await twin.texts() == []
    noon(minutes=2)
    await send_all()
    assert await twin.texts() == ["【信用卡中心】任务加油已完成"]
    assert await states() == [("wechat", "sent", None), ("sms", "sent", None)]
    assert await broken() == {}


async def test_a_channel_that_took_over_late_brings_up_no_further_one(
    twin: Twin, people: list[int], noon: TimeMachine
) -> None:
    await by({**PUSH, "fallback_after_minutes": 60}, SMS, SUBSCRIBE)
    await bind(people[0], "oA")
    await twin.accept("oA", "T1")
    await twin.fault("push", "connection_reset", 1_000)
    await write(people[0])
    for _ in range(9):
        await send_all()
        noon(minutes=10)
    expected = [("push", "skipped", "fell_back"), ("sms", "sent", None), ("wechat", "waiting", None)]
    assert await states() == expected
    await twin.tell("sms/receipts")
    assert (await states())[2] == ("wechat", "skipped", "not_needed")
    assert (await twin.wechat(), await broken()) == ([], {})


async def test_of_an_erased_customer_nothing_is_written_down_any_more(twin: Twin, people: list[int]) -> None:
    await by(SMS)
    await write(people[0])
    policy = MessagePolicy()
    chosen, _ = await choose("sms", policy)
    await database.execute("UPDATE delivery SET content = '{}', address = NULL")
    await conclude("sms", policy.limits.sms, await ask("sms", chosen))
    row = await database.fetchrow("SELECT state, address FROM delivery")
    assert row is not None
    assert tuple(row) == ("sent", None)


async def test_who_cannot_be_reached_by_wechat_gets_an_sms_at_once(twin: Twin, people: list[int]) -> None:
    await by({**SUBSCRIBE, "fallback_after_minutes": 120}, NOTICE, SMS)
    await bind(people[1], "oB")
    await bind(people[1], "gB", "wechat_h5")
    await bind(people[2], "oC")
    await twin.tell("wechat/subscriptions", openid="oC", template_ids=["T1"])
    await twin.tell("wechat/subscriptions", openid="oC", template_ids=["T1"], accepted=False, tell=False)
    await write(*people[:3])
    await send_all()
    nobody = [("wechat", "skipped", "no_address"), ("wechat_notice", "skipped", "no_address"), ("sms", "sent", None)]
    assert await states(people[0]) == nobody
    assert [one[2] for one in await states(people[1])] == ["no_subscription", "wechat.not_follower", None]
    # What we count says yes, WeChat says no: WeChat is right, and we count anew.
    assert (await states(people[2]))[0] == ("wechat", "failed", "wechat.refused_by_user")
    assert await database.fetchval("SELECT remaining FROM subscription WHERE openid = 'oC'") == 0
    assert len(await twin.texts()) == 3


async def test_a_used_up_quota_closes_the_channel_until_midnight(
    twin: Twin, people: list[int], noon: TimeMachine
) -> None:
    await by(SUBSCRIBE, code="alone")
    await by(SUBSCRIBE, PUSH)
    for one in range(3):
        await bind(people[one], f"o{one}")
        await twin.accept(f"o{one}", "T1")
    await twin.tell("wechat/quotas", path="/cgi-bin/message/subscribe/send", left=0)
    await write(people[0], code="alone")
    await send_all()
    await write(*people[1:3])
    await send_all()
    assert await states(people[0]) == [("wechat", "waiting", "channel_quota")]
    assert await states(people[2]) == [("wechat", "skipped", "channel_quota"), ("push", "sent", None)]
    assert len(await twin.asked("wechat", "/subscribe/send")) <= 1
    noon(hours=21)
    await send_all()
    assert await states(people[0]) == [("wechat", "sent", None)]
    assert await broken() == {}


@pytest.mark.parametrize("channel", ["sms", "push"])
async def test_an_answer_that_was_lost_doubles_nothing(
    twin: Twin, people: list[int], noon: TimeMachine, channel: str
) -> None:
    await by(SMS if channel == "sms" else PUSH)
    await twin.fault(channel, "connection_reset_after_work", 2)
    await write(people[0])
    await send_all()
    assert await states() == [(channel, "waiting", "no_answer")]
    for _ in range(3):
        noon(minutes=1)
        await send_all()
    assert await states() == [(channel, "sent", None)]
    assert len(await twin.texts()) + len(await twin.notifications()) == 1
    assert [one["status"] for one in await twin.asked(channel)] == [None, None, 200]
    assert await broken() == {}


@pytest.mark.parametrize("arrived", [True, False])
async def test_a_subscribe_message_is_never_asked_for_twice(
    twin: Twin, people: list[int], noon: TimeMachine, arrived: bool
) -> None:
    await by(SUBSCRIBE, SMS)
    await bind(people[0], "oA")
    await twin.accept("oA", "T1", times=2)
    await twin.fault("wechat", "connection_reset_after_work" if arrived else "connection_reset", 99)
    if arrived:
        await twin.mend()
        await messages.send()  # so that the token is there before the fault
        await twin.tell("faults", service="wechat", fault="connection_reset_after_work", path="subscribe/send")
    await write(people[0])
    await send_all()
    assert await states() == [("wechat", "sending", "no_answer"), ("sms", "waiting", None)]
    await twin.mend()
    noon(minutes=5)
    await send_all()
    if arrived:
        await twin.tell("wechat/outcomes", openid="oA")
    noon(minutes=6)
    await send_all()
    if arrived:
        assert await states() == [("wechat", "delivered", None), ("sms", "skipped", "not_needed")]
    else:
        assert await states() == [("wechat", "failed", "outcome_unknown"), ("sms", "sent", None)]
    assert len(await twin.wechat()) == int(arrived)
    assert await broken() == {}


async def test_a_worker_that_dies_while_sending_is_followed_by_another(
    twin: Twin, people: list[int], noon: TimeMachine
) -> None:
    await by(SMS)
    await write(*people[:2])
    policy = MessagePolicy()
    chosen, _ = await choose("sms", policy)
    await ask("sms", chosen[:1])  # and dies before it writes down what became of it
    await send_all()
    assert {one[1] for one in await states()} == {"sending"}
    noon(minutes=2)
    await send_all()
    assert {one[1] for one in await states()} == {"sent"}
    assert len(await twin.texts()) == 2
    # The first was only slow: what it still has to say changes nothing.
    await conclude("sms", ChannelLimits(), await ask("sms", chosen))
    assert {one[1] for one in await states()} == {"sent"}
    assert (len(await twin.texts()), await broken()) == (2, {})


async def test_a_receipt_may_come_before_we_know_the_number(twin: Twin, people: list[int]) -> None:
    await by(SMS)
    await write(people[0])
    policy = MessagePolicy()
    chosen, _ = await choose("sms", policy)
    outcomes = await ask("sms", chosen)
    assert await twin.tell("sms/receipts", times=3) == {"accepted": 0, "duplicates": 1}
    await conclude("sms", policy.limits.sms, outcomes)
    assert await states() == [("sms", "sent", None)]
    await send_all()
    assert await states() == [("sms", "delivered", None)]
    assert await broken() == {}


@pytest.mark.parametrize("order", [("failed", "delivered"), ("delivered", "failed")])
async def test_what_arrived_has_arrived_in_whatever_order_it_is_told(
    twin: Twin, people: list[int], order: tuple[str, str]
) -> None:
    await by(PUSH, SMS)
    await write(people[0])
    await send_all()
    for status in order:
        await twin.tell("push/receipts", status=status, times=2, shuffled=True)
        await send_all()
    assert (await states())[0] == ("push", "delivered", None)
    assert len(await twin.texts()) == (1 if order[0] == "failed" else 0)
    assert await broken() == {}


async def test_urgent_ones_first_after_an_hour_without_a_provider(
    twin: Twin, people: list[int], noon: TimeMachine
) -> None:
    await stage.policy(limits={"sms": {"failures_to_open": 3, "open_seconds": 60, "per_second": 100}})
    for priority in ("low", "normal", "urgent"):
        await by(SMS, code=priority, priority=priority)
    await by(SMS, code="brief", useful_for_hours=1)
    await twin.fault("sms", "connection_reset", 10_000)
    for number, customer_id in enumerate(people):
        code = ("low", "normal", "urgent")[number % 3]
        await write(customer_id, code=code, task=code)
    await write(people[0], code="brief", key="b", task="brief")
    for _ in range(12):
        await send_all()
        noon(minutes=6)
    # Left alone: after the first batch there is one try in every pause.
    assert len(await twin.asked("sms")) <= len(people) + 1 + 12
    assert await twin.texts() == []
    await twin.mend()
    noon(minutes=16)  # the longest any of them waits
    await send_all()
    said = [text.removeprefix("【信用卡中心】任务").removesuffix("已完成") for text in await twin.texts()]
    assert sorted(said) == ["low"] * 7 + ["normal"] * 7 + ["urgent"] * 6
    # The first is the one that was tried; from then on by priority.
    assert said == sorted(said, key=["urgent", "normal", "low"].index)
    assert (await states(people[0]))[-1][1:] == ("failed", "outcome_unknown")
    assert await broken() == {}


async def test_several_workers_send_each_message_once(twin: Twin, people: list[int]) -> None:
    await by(PUSH)
    await by(SMS, code="text")
    await write(*people, key="a")
    await write(*people, key="b", code="text")
    await asyncio.gather(*(send_all() for _ in range(6)))
    await send_all()
    assert (len(await twin.texts()), len(await twin.notifications())) == (20, 20)
    assert len(await twin.asked("sms")) == len(await twin.asked("push")) == 20
    assert await broken() == {}


async def test_no_number_of_workers_is_faster_than_the_rate(twin: Twin, people: list[int], noon: TimeMachine) -> None:
    await stage.policy(limits={"push": {"per_second": 4}})
    await by(PUSH)
    await write(*people)
    began = clock.now()
    await asyncio.gather(*(messages.send() for _ in range(6)))
    passed = (clock.now() - began).total_seconds()
    assert 4 <= len(await twin.asked("push")) <= 4 + 4 * passed  # a second's worth, and what the time has brought
    for _ in range(6):
        noon(seconds=1)
        await messages.send()
    assert len(await twin.asked("push")) == 20
