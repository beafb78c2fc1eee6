"""What customers are told about their tasks: each occasion once, reminders in time and never after."""

from datetime import timedelta
from typing import Any

import pytest

from domain import events, tasks
from kit import clock
from kit.errors import RuleViolated
from tests.domain.messages.stage import inbox_of, template
from tests.domain.tasks.making import at, claim, cumulative, overtaken, purchase, refund, settle, state_of, task
from tests.domain.tasks.time_machine import TimeMachine

pytestmark = pytest.mark.usefixtures("database")
ONE = cumulative("purchase.count", 1, "claim")
DAY = {"name": "expires_on", "type": "date"}


@pytest.fixture
async def templates(database: str) -> None:
    for occasion in ("claimed", "completed", "rewarded"):
        await template(occasion, title=f"{occasion} {{{{task}}}}", body="{{reward}}")
    soon = "请在{{expires_on}}前完成"
    await template("soon", title="{{task}}", body=soon, variables=[{"name": "task"}, DAY])


async def titles(customer: str = "C1") -> list[str]:
    return [message.title for message in reversed(await inbox_of(customer))]


def asking(**messages: Any) -> dict[str, Any]:
    return {"messages": messages}


EVERY = asking(claimed="claimed", completed="completed", rewarded="rewarded")


@pytest.mark.parametrize("automatic", [False, True])
async def test_every_occasion_is_told_once_and_every_round_anew(templates: None, automatic: bool) -> None:
    await task("one", ONE, automatic=automatic, rewards=[{"experience": 5}], **EVERY)
    if not automatic:
        await claim("C1", "one")
        await claim("C1", "one")
    bought = purchase(occurred_at=clock.now() + timedelta(minutes=1))
    await events.ingest([bought])
    await settle()
    assert await titles() == ["claimed one", "completed one", "rewarded one"]
    assert (await inbox_of("C1"))[0].body == "5经验值"
    assert {message.link for message in await inbox_of("C1")} == {"/tasks/one"}
    await events.ingest([refund(bought)])
    await settle()
    assert len(await titles()) == 3
    await events.ingest([purchase(occurred_at=clock.now() + timedelta(minutes=2))])
    await settle()
    assert (await titles())[3:] == ["completed one", "rewarded one"]


async def test_a_task_without_messages_tells_nothing(templates: None) -> None:
    await task("one", ONE)
    await events.ingest([purchase()])
    await settle()
    assert await titles() == []


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ({"claimed": "never"}, "messages.claimed"),
        ({"expiring": {"hours": 5, "template": "never"}}, "messages.expiring.template"),
        ({"completed": "strange"}, "messages.completed"),
    ],
)
async def test_a_template_has_to_be_live_and_ask_for_what_a_task_can_say(asked: dict[str, Any], path: str) -> None:
    await template("strange", title="{{loan}}", body="x", variables=[{"name": "loan"}])
    with pytest.raises(RuleViolated) as refused:
        await task("one", ONE, **asking(**asked))
    assert [fault.path for fault in refused.value.faults] == [path]


REMINDING = asking(expiring={"hours": 24, "template": "soon"})


async def test_a_reminder_comes_in_time_and_once(templates: None, time_machine: TimeMachine) -> None:
    await task("short", ONE, automatic=False, claim={"days_to_finish": 3}, **REMINDING)
    await claim("C1", "short")
    time_machine(days=1, hours=23, minutes=59)
    assert await tasks.remind_due() == 0
    time_machine(minutes=1)
    assert [await tasks.remind_due(), await tasks.remind_due()] == [1, 0]
    [message] = await inbox_of("C1")
    last = clock.business_day(clock.now() + timedelta(hours=24))
    assert message.body == f"请在{last.month}月{last.day}日前完成"


async def test_who_is_done_is_not_reminded(templates: None, time_machine: TimeMachine) -> None:
    await task("short", ONE, automatic=False, claim={"days_to_finish": 3}, **REMINDING)
    await claim("C1", "short")
    await events.ingest([purchase(occurred_at=clock.now())])
    time_machine(days=2, hours=1)
    assert await tasks.remind_due() == 0
    assert await titles() == []


async def test_a_worker_that_was_down_reminds_late_but_never_of_what_is_over(
    templates: None, time_machine: TimeMachine
) -> None:
    await task("short", ONE, automatic=False, claim={"days_to_finish": 3}, **REMINDING)
    await claim("C1", "short")
    time_machine(hours=12)
    await claim("C2", "short")
    time_machine(days=2, hours=13)  # over for the first since an hour, not yet for the second
    assert await tasks.remind_due() == 2
    assert (await titles("C1"), await titles("C2")) == ([], ["short"])
    await tasks.expire_due()
    assert (await state_of("C1", "short"), await tasks.remind_due()) == ("expired", 0)


async def test_of_what_is_claimed_within_the_last_hours_nobody_is_reminded(
    templates: None, time_machine: TimeMachine
) -> None:
    midnight = at("2031-03-05 00:00")
    await task(
        "day", ONE, automatic=False, claim={"cycle": "daily"}, messages={"expiring": {"hours": 2, "template": "soon"}}
    )
    clock.advance((midnight - timedelta(hours=3) - clock.now()).total_seconds())
    await claim("C1", "day")
    time_machine(hours=1, minutes=30)
    await claim("C2", "day")
    assert await tasks.remind_due() == 1
    assert (await titles("C1"), await titles("C2")) == (["day"], [])


async def test_a_purchase_while_the_reminder_is_being_written_comes_first(
    templates: None, time_machine: TimeMachine
) -> None:
    await task("short", ONE, automatic=False, claim={"days_to_finish": 3}, **REMINDING)
    await claim("C1", "short")
    time_machine(days=2, hours=1)
    bought = purchase(occurred_at=clock.now() - timedelta(hours=1))
    assert await overtaken(lambda _: events.ingest([bought]), tasks.remind_due) == 0
    assert await titles() == []
