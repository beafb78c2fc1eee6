"""Reminders of coupons: once per coupon and day before they expire; once to those who wait for an opening."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from domain import approvals, coupons, messages
from domain.coupons import TEMPLATES, rules
from domain.coupons.catalogue import catalogue
from domain.messages import MESSAGE_TEMPLATES
from kit import clock, database
from kit.errors import DomainError, RuleViolated
from tests.domain.coupons.stage import MAKER, issue_one, new_customers, publish, publish_template
from tests.domain.coupons.test_issue_set import issue_set
from tests.domain.tasks.time_machine import TimeMachine, time_machine

__all__ = ["time_machine"]
pytestmark = pytest.mark.usefixtures("database")
EXPIRING = {
    "name": "券到期",
    "title": "{{coupon}}即将到期",
    "body": "{{customer}}：{{number}}张，{{expires_on}}到期",
    "variables": [
        {"name": "customer"},
        {"name": "coupon"},
        {"name": "number", "type": "number"},
        {"name": "expires_on", "type": "date"},
    ],
}
OPENING = {"name": "开抢", "title": "{{coupon}}开抢了", "body": "快来领取", "variables": [{"name": "coupon"}]}
REMIND = {"expiring": {"hours": 72, "template": "expiring"}}


@pytest.fixture(autouse=True)
async def templates(database: str, time_machine: TimeMachine) -> None:
    """Both messages are live, and it is nine in the morning in Shanghai."""
    await publish(MESSAGE_TEMPLATES, "expiring", EXPIRING)
    await publish(MESSAGE_TEMPLATES, "opening", OPENING)
    nine = clock.start_of_day(clock.today() + timedelta(days=1)) + timedelta(hours=9)
    time_machine(seconds=(nine - clock.now()).total_seconds())


async def told(customer_id: int) -> list[str]:
    """Titles, oldest first."""
    found = await messages.inbox(customer_id, only_unread=False, before=None, limit=50)
    return [one.title for one in reversed(found)]


async def reminded() -> None:
    while await coupons.remind_expiring():
        pass


async def refusal(doing: Any) -> DomainError:
    with pytest.raises(DomainError) as refused:
        await doing
    return refused.value


async def test_an_unused_coupon_reminds_once_before_it_expires(time_machine: TimeMachine) -> None:
    await publish_template("free7", remind=REMIND)
    one, other = await new_customers(2)
    await issue_one(one, "free7")
    await issue_set([other])
    time_machine(days=27, seconds=-1)
    assert await coupons.remind_expiring() == 0
    time_machine(seconds=2)
    await reminded()
    time_machine(days=1)
    await reminded()
    for customer in (one, other):
        assert await told(customer) == ["7天免息券即将到期"]
    [message] = await messages.inbox(one, only_unread=False, before=None, limit=5)
    [coupon] = await coupons.wallet(one, None, None, 5)
    ends = coupon.valid_until.astimezone(clock.SHANGHAI)
    assert message.body.endswith(f"1张，{ends.month}月{ends.day}日到期")


async def test_several_coupons_of_a_day_are_one_message_and_of_two_days_two(time_machine: TimeMachine) -> None:
    await publish_template("free7", remind=REMIND, per_person=None)
    await publish_template("off20", name="另一张", remind=REMIND, per_person=None)
    [customer] = await new_customers(1)
    await issue_one(customer, "free7")
    time_machine(hours=3)
    await issue_one(customer, "off20")
    time_machine(days=1)
    await issue_one(customer, "off20")
    time_machine(days=26, hours=-4)
    await reminded()
    assert await told(customer) == []
    time_machine(hours=2)
    await reminded()
    assert await told(customer) == ["7天免息券等2张券即将到期"]
    time_machine(days=1, hours=4)
    await reminded()
    assert await told(customer) == ["7天免息券等2张券即将到期", "另一张即将到期"]
    rows = await database.fetch("SELECT coupons FROM expiry_reminder ORDER BY day")
    assert [row[0] for row in rows] == [2, 1]


async def test_what_comes_up_after_the_message_of_the_day_waits_for_the_next(time_machine: TimeMachine) -> None:
    await publish_template("free7", remind=REMIND, per_person=None)
    [customer] = await new_customers(1)
    for _ in range(4):
        await issue_one(customer, "free7")
    first, second, third, fourth = [coupon.id for coupon in await coupons.wallet(customer, None, None, 5)]
    sql = "UPDATE coupon SET remind_at = $2, valid_until = $3 WHERE id = $1"
    now = clock.now()
    await database.execute(sql, first, now, now + timedelta(days=3))
    await database.execute("UPDATE coupon SET remind_at = NULL WHERE id = ANY($1::bigint[])", [second, third, fourth])
    await reminded()
    await database.execute(sql, second, now, now + timedelta(days=3))
    await database.execute(sql, third, now, now + timedelta(hours=20))
    await database.execute(sql, fourth, now + timedelta(hours=1), now + timedelta(days=3))
    await reminded()
    assert len(await told(customer)) == 1
    time_machine(days=1)
    await reminded()
    assert len(await told(customer)) == 2
    assert await database.fetchval("SELECT sum(coupons) FROM expiry_reminder") == 3
    assert await database.fetchval("SELECT count(*) FROM coupon WHERE remind_at IS NOT NULL") == 0


async def test_used_and_expired_coupons_remind_of_nothing(time_machine: TimeMachine) -> None:
    await publish_template("free7", remind=REMIND, per_person=None)
    [customer] = await new_customers(1)
    voided = await issue_one(customer, "free7")
    await issue_one(customer, "free7")
    async with database.transaction() as connection:
        await coupons.void(connection, [voided], "test")
    time_machine(days=31)
    await reminded()
    assert await told(customer) == []


async def test_workers_side_by_side_remind_once(time_machine: TimeMachine) -> None:
    await publish_template("free7", remind=REMIND, per_person=None)
    people = await new_customers(20)
    await issue_set(people)
    await issue_set(people, source="again:")
    time_machine(days=28)
    await asyncio.gather(*(coupons.remind_expiring() for _ in range(6)))
    await reminded()
    assert [await told(customer) for customer in people] == [["7天免息券等2张券即将到期"]] * 20


def test_nothing_is_reminded_of_that_was_due_before_it_was_issued() -> None:
    fixed = coupons.CouponTemplate(
        name="x",
        kind=coupons.CouponKind.POINTS,
        value=coupons.CouponValue(points=1),
        validity=coupons.DynamicValidity(days=4),
        stock=1,
    )
    template = msgspec.convert({**msgspec.to_builtins(fixed), "remind": REMIND}, coupons.CouponTemplate)
    ends = datetime(2026, 11, 30, 16, tzinfo=clock.SHANGHAI)
    due = ends - timedelta(hours=72)
    tick = timedelta(microseconds=1)
    assert rules.remind_at(template, due - tick, ends) == due
    assert rules.remind_at(template, due, ends) is None
    assert rules.remind_at(fixed, due - tick, ends) is None


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"remind": {"expiring": {"hours": 72, "template": "nothing"}}}, "remind.expiring.template"),
        ({"remind": {"opening": "opening"}}, "remind.opening"),
        ({"remind": {"opening": "opening"}, "issue": {"from": "2030-01-01T00:00:00+08:00"}}, "remind.opening"),
        (
            {"remind": {"opening": "expiring"}, "issue": {"centre": True, "from": "2030-01-01T00:00:00+08:00"}},
            "remind.opening",
        ),
        ({"remind": {"expiring": {"hours": 30 * 24, "template": "expiring"}}}, "remind.expiring.hours"),
    ],
)
async def test_impossible_reminders_are_refused_with_their_path(changes: dict[str, Any], path: str) -> None:
    refused = await refusal(publish_template("free7", **changes))
    assert isinstance(refused, RuleViolated)
    assert {fault.path for fault in refused.faults} == {path}


async def opening_in_an_hour(code: str = "free7", **changes: Any) -> None:
    window = {"from": (clock.now() + timedelta(hours=1)).isoformat(), "centre": True}
    await publish_template(code, issue=window, **{"remind": {"opening": "opening"}, **changes})


async def test_who_waits_for_an_opening_is_told_once_when_it_opens(time_machine: TimeMachine) -> None:
    await opening_in_an_hour()
    one, other, third = await new_customers(3)
    assert [(await coupons.ask_opening(customer, "free7")).created for customer in (one, other, one)] == [
        True,
        True,
        False,
    ]
    assert await coupons.remind_opening() == 0
    time_machine(hours=1)
    await asyncio.gather(*(coupons.remind_opening() for _ in range(4)))
    assert await coupons.remind_opening() == 0
    assert [await told(customer) for customer in (one, other, third)] == [["7天免息券开抢了"]] * 2 + [[]]


async def test_an_opening_that_is_moved_reminds_when_it_comes(time_machine: TimeMachine) -> None:
    await opening_in_an_hour()
    [customer] = await new_customers(1)
    await coupons.ask_opening(customer, "free7")
    time_machine(minutes=30)
    await opening_in_an_hour()
    time_machine(minutes=45)
    assert await coupons.remind_opening() == 0
    time_machine(minutes=30)
    assert await coupons.remind_opening() == 1


async def test_what_ended_before_it_opened_reminds_nobody(time_machine: TimeMachine) -> None:
    await opening_in_an_hour()
    [customer] = await new_customers(1)
    await coupons.ask_opening(customer, "free7")
    await approvals.end(TEMPLATES, "free7", MAKER)
    time_machine(hours=2)
    await catalogue.refresh()
    assert await coupons.remind_opening() == 0
    assert await told(customer) == []


async def test_there_is_nothing_to_wait_for_where_it_is_open_hidden_or_silent(time_machine: TimeMachine) -> None:
    [customer] = await new_customers(1)
    await opening_in_an_hour("silent", remind={})
    await publish_template("hidden")
    await opening_in_an_hour("open")
    time_machine(hours=1)
    await opening_in_an_hour("silent", remind={})
    codes = [
        (await refusal(coupons.ask_opening(customer, code))).code for code in ("nothing", "hidden", "open", "silent")
    ]
    assert codes == ["coupon.not_offered", "coupon.not_offered", "coupon.already_open", "coupon.no_reminder"]
    assert await database.fetchval("SELECT count(*) FROM offer_reminder") == 0
