"""Issuing: exact under concurrency, once per source, each order on its own."""

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from domain import approvals, coupons
from domain.coupons import TEMPLATES, CouponState, Issued, IssueFailure, IssueOrder
from kit import clock, database
from kit.errors import RuleViolated
from tests.domain.coupons.stage import MAKER, broken, issue, new_customers, publish_template

pytestmark = pytest.mark.usefixtures("database")


def order(customer_id: int, source: str, template: str = "free7") -> IssueOrder:
    return IssueOrder(customer_id, template, source, "test")


def issued(outcomes: list[Issued | IssueFailure]) -> list[int]:
    return [outcome.coupon_id for outcome in outcomes if isinstance(outcome, Issued)]


def codes(outcomes: list[Issued | IssueFailure]) -> list[str]:
    return [outcome.code for outcome in outcomes if isinstance(outcome, IssueFailure)]


async def test_an_issued_coupon_is_unused_and_valid_at_once() -> None:
    version = await publish_template("free7")
    [customer] = await new_customers()
    [coupon_id] = issued(await issue(order(customer, "s1")))
    record = await coupons.read(customer, coupon_id)
    assert record.coupon.state == CouponState.UNUSED
    assert record.coupon.template.version_id == version.id
    assert record.coupon.valid_until - record.coupon.valid_from == timedelta(days=30)
    assert record.coupon.valid_from == record.coupon.issued_at
    assert [step.state for step in record.history] == [CouponState.UNUSED]
    assert await broken() == {}


async def test_the_same_source_gets_the_same_coupon_again() -> None:
    await publish_template("free7", per_person=None)
    [customer] = await new_customers()
    first = issued(await issue(order(customer, "s1")))
    assert issued(await issue(order(customer, "s1"), order(customer, "s1"))) == first * 2
    assert await database.fetchval("SELECT issued FROM coupon_stock WHERE template = 'free7'") == 1
    assert await broken() == {}


async def test_a_repeat_gets_its_coupon_when_the_template_has_ended_since() -> None:
    await publish_template("free7")
    [customer] = await new_customers()
    first = issued(await issue(order(customer, "s1")))
    await approvals.end(TEMPLATES, "free7", MAKER)
    assert issued(await issue(order(customer, "s1"))) == first
    assert codes(await issue(order(customer, "s2"))) == ["coupon.not_offered"]


async def test_orders_that_fail_fail_alone() -> None:
    await publish_template("free7", stock=2, per_person=1)
    first, second, third = await new_customers(3)
    outcomes = await issue(
        order(first, "s1"),
        order(first, "s2"),
        order(second, "s3", "nothing"),
        order(second, "s4"),
        order(third, "s5"),
    )
    assert [getattr(outcome, "code", "issued") for outcome in outcomes] == [
        "issued",
        "coupon.personal_cap",
        "coupon.not_offered",
        "issued",
        "coupon.out_of_stock",
    ]
    assert await broken() == {}


async def test_the_daily_cap_counts_the_business_day() -> None:
    await publish_template("free7", daily_cap=2)
    people = await new_customers(3)
    outcomes = await issue(*(order(customer, f"s{customer}") for customer in people))
    assert (len(issued(outcomes)), codes(outcomes)) == (2, ["coupon.daily_cap"])
    await database.execute("UPDATE coupon_day SET day = day - 1")
    assert len(issued(await issue(order(people[2], "next day")))) == 1
    assert await broken() == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"issue": {"from": "2099-01-01T00:00:00+08:00"}},
        {"issue": {"until": "2020-01-01T00:00:00+08:00"}},
        {"validity": {"mode": "fixed", "from": "2020-01-01T00:00:00+08:00", "until": "2021-01-01T00:00:00+08:00"}},
    ],
)
async def test_nothing_is_issued_outside_the_window(changes: dict[str, object]) -> None:
    await publish_template("free7", **changes)
    [customer] = await new_customers()
    assert codes(await issue(order(customer, "s1"))) == ["coupon.outside_issue_window"]


async def test_fixed_validity_is_taken_as_it_is() -> None:
    validity = {"mode": "fixed", "from": "2098-01-01T00:00:00+08:00", "until": "2099-01-01T00:00:00+08:00"}
    await publish_template("free7", validity=validity)
    [customer] = await new_customers()
    [coupon_id] = issued(await issue(order(customer, "s1")))
    coupon = (await coupons.read(customer, coupon_id)).coupon
    assert coupon.valid_from == datetime(2097, 12, 31, 16, tzinfo=UTC)
    assert coupon.valid_until == datetime(2098, 12, 31, 16, tzinfo=UTC)


async def test_stock_and_day_are_exact_when_many_issue_at_once() -> None:
    await publish_template("free7", stock=60, daily_cap=50, per_person=1)
    await publish_template("phone", stock=30, per_person=1, kind="phone_credit", value={"amount_fen": 500})
    people = await new_customers(80)

    async def batch(number: int) -> list[Issued | IssueFailure]:
        mine = people[number * 4 : number * 4 + 4]
        orders = [order(one, f"{template}:{one}", template) for one in mine for template in ("phone", "free7")]
        return await issue(*orders)

    outcomes = [outcome for batches in await asyncio.gather(*map(batch, range(20))) for outcome in batches]
    assert len(issued(outcomes)) == 80
    assert sorted(codes(outcomes)) == ["coupon.daily_cap"] * 30 + ["coupon.out_of_stock"] * 50
    assert await broken() == {}


async def test_one_person_gets_no_more_than_the_cap_by_asking_often_at_once() -> None:
    await publish_template("free7", per_person=2)
    [customer] = await new_customers()
    outcomes = await asyncio.gather(*(issue(order(customer, f"s{number}")) for number in range(20)))
    assert sum(len(issued(outcome)) for outcome in outcomes) == 2
    assert await broken() == {}


async def test_the_same_source_asked_often_at_once_is_one_coupon() -> None:
    await publish_template("free7", per_person=None)
    [customer] = await new_customers()
    outcomes = await asyncio.gather(*(issue(order(customer, "only")) for _ in range(20)))
    assert len({coupon_id for outcome in outcomes for coupon_id in issued(outcome)}) == 1
    assert await broken() == {}


async def test_a_source_is_one_coupon_also_when_two_templates_are_asked_for_at_once() -> None:
    await publish_template("free7", per_person=None)
    await publish_template("other", per_person=None)
    people = await new_customers(2)
    outcomes = await asyncio.gather(
        *(issue(order(people[number % 2], "only", ("free7", "other")[number % 2])) for number in range(10))
    )
    assert len({coupon_id for outcome in outcomes for coupon_id in issued(outcome)}) == 1
    assert await broken() == {}


async def test_stock_cannot_fall_below_what_is_issued() -> None:
    await publish_template("free7", stock=3)
    people = await new_customers(3)
    await issue(*(order(customer, f"s{customer}") for customer in people))
    with pytest.raises(RuleViolated) as refused:
        await publish_template("free7", stock=2)
    assert [fault.path for fault in refused.value.faults] == ["stock"]
    assert await database.fetchval("SELECT stock FROM coupon_stock WHERE template = 'free7'") == 3


async def test_more_stock_is_there_at_once() -> None:
    await publish_template("free7", stock=1)
    first, second = await new_customers(2)
    assert len(issued(await issue(order(first, "s1"), order(second, "s2")))) == 1
    await approvals.end(TEMPLATES, "free7", MAKER)
    await publish_template("free7", stock=2)
    assert len(issued(await issue(order(second, "s2")))) == 1


async def test_a_paused_template_is_not_issued_until_it_is_resumed() -> None:
    await publish_template("free7")
    [customer] = await new_customers()
    await approvals.pause(TEMPLATES, "free7", MAKER)
    assert codes(await issue(order(customer, "s1"))) == ["coupon.not_offered"]
    assert await coupons.template_exists("free7") is False
    await approvals.resume(TEMPLATES, "free7", MAKER)
    assert len(issued(await issue(order(customer, "s1")))) == 1


async def test_name_and_cost_are_those_of_the_live_version() -> None:
    await publish_template("free7", name="老券", cost_fen=1)
    await publish_template("free7", name="新券", cost_fen=2)
    assert await coupons.template_exists("free7")
    assert (coupons.template_name("free7"), coupons.template_cost_fen("free7")) == ("新券", 2)
    assert (coupons.template_name("nothing"), coupons.template_cost_fen("nothing")) == ("nothing", 0)


async def test_the_database_itself_refuses_to_issue_more_than_the_stock() -> None:
    await publish_template("free7", stock=1)
    with pytest.raises(asyncpg.CheckViolationError):
        await database.execute("UPDATE coupon_stock SET issued = 2 WHERE template = 'free7'")


async def test_a_coupon_keeps_the_version_it_was_issued_under() -> None:
    await publish_template("free7", name="老券")
    [customer] = await new_customers()
    [coupon_id] = issued(await issue(order(customer, "s1")))
    await publish_template("free7", name="新券", per_person=2)
    [second] = issued(await issue(order(customer, "s2")))
    names = [(await coupons.read(customer, one)).coupon.template.definition.name for one in (coupon_id, second)]
    assert names == ["老券", "新券"]
    assert clock.now() > (await coupons.read(customer, coupon_id)).coupon.issued_at
