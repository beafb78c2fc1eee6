"""Nobody is written to who does not want it, too often, or at night; and why can be read."""

import asyncio

from domain import messages
from domain.consents import Purpose
from kit import clock
from tests.domain.messages import stage
from tests.domain.messages.stage import PUSH, SMS, SUBSCRIBE, broken, by, consent, states, write
from tests.domain.messages.twin import Twin, send_all
from tests.domain.tasks.time_machine import TimeMachine


async def test_marketing_goes_to_those_who_agreed_not_too_often_and_by_day(
    twin: Twin, people: list[int], noon: TimeMachine
) -> None:
    await by(SMS, category="marketing", useful_for_hours=24)
    await consent(people[0])
    await write(*people[:2], key="1")
    await write(people[0], key="2")
    await send_all()
    assert await states(people[1]) == [("sms", "skipped", "no_consent")]
    assert [one[1:] for one in await states(people[0])] == [("sent", None), ("skipped", "too_many_today")]
    assert await twin.texts() == ["【信用卡中心】任务加油已完成，拒收请回复R"]
    for day in range(3):
        noon(days=1)
        await write(people[0], key=f"day {day}")
        await send_all()
    assert [one[1:] for one in (await states(people[0]))[2:]] == [
        ("sent", None),
        ("sent", None),
        ("skipped", "too_many_this_week"),
    ]
    noon(days=7, hours=11)
    await write(people[0], key="at night")
    await send_all()
    assert (await states(people[0]))[-1] == ("sms", "waiting", "quiet_hours")
    noon(hours=8, minutes=59)
    await send_all()
    assert (await states(people[0]))[-1] == ("sms", "waiting", "quiet_hours")
    noon(minutes=2)
    await send_all()
    assert (await states(people[0]))[-1] == ("sms", "sent", None)
    assert await broken() == {}


async def test_two_channels_at_once_count_together(twin: Twin, people: list[int]) -> None:
    await by(SMS, category="marketing")
    await by(PUSH, code="pushed", category="marketing")
    await consent(*people)
    await consent(*people, purpose=Purpose.MARKETING_PUSH)
    await write(*people, key="1")
    await write(*people, key="2", code="pushed")
    await asyncio.gather(*(send_all() for _ in range(4)))
    await send_all()
    assert len(await twin.texts()) + len(await twin.notifications()) == len(people)
    assert await broken() == {}


async def test_whoever_writes_td_gets_no_more_marketing_but_service(twin: Twin, people: list[int]) -> None:
    await stage.policy(marketing={"per_day": 9, "per_week": 9})
    await by(SMS, category="marketing")
    await by(SMS, code="service")
    await consent(*people[:2])
    await write(people[0], key="1")
    await send_all()
    assert await twin.tell("sms/replies", phone="13800000001", text=" ｔｄ。", times=2) == {
        "accepted": 0,
        "duplicates": 1,
    }
    await twin.tell("sms/replies", phone="13800000002", text="退订")  # we have never written there
    await write(*people[:2], key="2")
    await write(people[0], key="3", code="service")
    await send_all()
    assert [one[1:] for one in await states(people[0])] == [("sent", None), ("skipped", "refused"), ("sent", None)]
    assert await states(people[1]) == [("sms", "skipped", "refused")]
    await consent(*people[:2])
    await write(*people[:2], key="4")
    await send_all()
    assert [(await states(one))[-1][1] for one in people[:2]] == ["sent", "sent"]
    assert await broken() == {}


async def test_why_somebody_was_not_contacted_can_be_read(twin: Twin, people: list[int]) -> None:
    await by({**SUBSCRIBE, "fallback_after_minutes": 120}, SMS, category="marketing")
    await write(people[0])
    await send_all()
    [found] = await messages.contacts(people[0], before=None, limit=10)
    assert [(one.channel, one.text) for one in found.channels] == [
        ("wechat", "未发送：该渠道没有客户的联系方式（未绑定、无手机号或已注销）"),
        ("sms", "未发送：客户未同意该渠道的营销消息"),
    ]
    assert all(one.steps[0].at <= clock.now() for one in found.channels)
    await by(SMS, code="service")
    await write(people[0], code="service", key="b")
    await send_all()
    newest = (await messages.contacts(people[0], before=None, limit=1))[0]
    assert (newest.channels[0].address, newest.channels[0].text) == ("138****0001", "已发送，未收到回执")
