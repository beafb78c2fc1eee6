"""Coupons and benefits spend the budget of their campaign when they are issued, and give back what nobody used."""

import asyncio
from datetime import timedelta

import pytest

from domain import benefits, coupons, customers, statistics
from domain.coupons import Issued, IssueFailure, IssueOrder
from kit import clock, database
from kit.errors import RuleViolated
from tests.domain.benefits.stage import benefit, grant
from tests.domain.campaigns.stage import borrow, campaign, conclude, customer, holds, spent, void
from tests.domain.coupons.stage import MAKER, issue, issue_one, new_customers, publish_template
from tests.domain.tasks.making import cumulative, settle, task
from tests.domain.tasks.time_machine import TimeMachine

pytestmark = pytest.mark.usefixtures("database")
ONE = cumulative("purchase.count", 1)


async def free7(**more: object) -> None:
    await publish_template("free7", **{"campaign": "autumn", "cost_fen": 350, "per_person": None, **more})


async def issued(*orders: IssueOrder) -> list[str | None]:
    return [one.code if isinstance(one, IssueFailure) else None for one in await issue(*orders)]


async def test_a_coupon_is_spent_at_once_and_the_same_order_once() -> None:
    await campaign(1_000)
    await free7()
    someone = await customer()
    order = IssueOrder(someone, "free7", "s1", "test")
    assert await issued(order, order) == [None, None]
    assert await issued(order) == [None]
    assert await spent() == (0, 350)
    await holds()


async def test_who_is_refused_by_the_budget_takes_nothing_from_the_stock() -> None:
    await campaign(700, branches={"SH": 350})
    await free7(stock=2, per_person=1)
    shanghai, neighbour, other = await customer("SH"), await customer("SH"), await customer()
    orders = [IssueOrder(who, "free7", f"s{who}", "test") for who in (shanghai, neighbour, other)]
    assert await issued(*orders) == [None, "budget.branch_exhausted", None]
    assert await issued(orders[1]) == ["coupon.out_of_stock"]
    await holds()


async def test_who_is_refused_by_the_stock_takes_nothing_from_the_budget() -> None:
    await campaign(700)
    await free7(stock=1)
    await publish_template("other", campaign="autumn", cost_fen=350)
    someone = await customer()
    orders = [IssueOrder(someone, code, f"s{place}", "test") for place, code in enumerate(("free7", "free7", "other"))]
    assert await issued(*orders) == [None, "coupon.out_of_stock", None]
    assert await spent() == (0, 700)
    await holds()


async def test_what_is_taken_back_or_expires_unused_is_there_for_others(time_machine: TimeMachine) -> None:
    await campaign(700)
    await free7()
    someone = await customer()
    taken_back, forgotten = await issue_one(someone, "free7"), await issue_one(someone, "free7")
    assert await issued(IssueOrder(someone, "free7", "more", "test")) == ["budget.exhausted"]
    await void(taken_back)
    await void(taken_back)
    assert await spent() == (0, 350)
    time_machine(days=31)
    assert await coupons.expire(clock.now()) == 1
    assert await spent() == (0, 0)
    assert await database.fetchval("SELECT state FROM coupon WHERE id = $1", forgotten) == "expired"
    await holds()


async def test_what_was_used_stays_spent_and_what_a_loan_gives_back_can_still_expire(time_machine: TimeMachine) -> None:
    await campaign(700)
    await free7()
    someone = await customer()
    used, freed = await issue_one(someone, "free7"), await issue_one(someone, "free7")
    await conclude(await borrow(used), disbursed=True)
    loan = await borrow(freed)
    await void(used)
    await void(freed)
    assert await spent() == (0, 700)
    await conclude(loan, disbursed=False)
    assert await coupons.expire(clock.now()) == 1
    await settle()
    assert await spent() == (0, 350)
    await holds()


async def test_a_benefit_spends_and_gives_back_as_a_coupon_does(time_machine: TimeMachine) -> None:
    await campaign(4_000)
    await benefit("coffee", codes=3, campaign="autumn")
    someone = await customer()
    first, second, refused = await grant(*((someone, "coffee", f"s{number}") for number in range(3)))
    assert isinstance(first, benefits.Issued)
    assert isinstance(second, benefits.Issued)
    assert refused == benefits.IssueFailure("budget.exhausted")
    async with database.transaction() as connection:
        await customers.lock(connection, [someone])
        await benefits.void(connection, [first.grant_id], "test")
    assert await spent() == (0, 2_000)
    [third] = await grant((someone, "coffee", "s3"))
    assert isinstance(third, benefits.Issued)
    await benefits.redeem(someone, third.grant_id)
    await holds()
    time_machine(days=31)
    while await benefits.expire():
        pass
    assert await spent() == (0, 2_000)
    await holds()


async def test_coupons_issued_before_there_was_a_budget_are_none_of_its_business() -> None:
    await campaign(None)
    await free7()
    early = await issue_one(await customer(), "free7")
    await campaign(350)
    await issue_one(await customer(), "free7")
    await void(early)
    assert await spent() == (0, 350)
    await holds()


async def test_of_many_who_claim_at_once_as_many_get_one_as_there_is_money_for() -> None:
    await campaign(3_500, daily_fen=1_750)
    await free7(per_person=1)
    everybody = await new_customers(30)
    outcomes = await asyncio.gather(*(issue(IssueOrder(one, "free7", f"s{one}", "test")) for one in everybody))
    refused = [one.code for [one] in outcomes if isinstance(one, IssueFailure)]
    assert (set(refused), len(refused)) == ({"budget.day_exhausted"}, 25)
    assert await spent() == (0, 1_750)
    await holds()


async def test_templates_benefits_and_expiry_do_not_wait_for_each_other_in_a_circle(time_machine: TimeMachine) -> None:
    await campaign(10**6)
    await campaign(10**6, "spring")
    await free7(validity={"mode": "dynamic", "days": 1})
    await publish_template("free8", campaign="spring", cost_fen=1, per_person=None)
    everybody = await new_customers(12)
    for one in everybody:
        await issue_one(one, "free7")
    time_machine(days=2)

    async def buy(who: int, codes: tuple[str, ...]) -> None:
        outcomes = await issue(*(IssueOrder(who, code, f"{who}:{code}", "test") for code in codes))
        assert all(isinstance(one, Issued) for one in outcomes)

    pairs = [(one, ("free7", "free8") if one % 2 else ("free8", "free7")) for one in everybody]
    async with asyncio.timeout(20):
        await asyncio.gather(
            *(buy(*pair) for pair in pairs),
            *(coupons.expire(clock.now()) for _ in range(4)),
            campaign(2 * 10**6),
        )
    while await coupons.expire(clock.now()):
        pass
    assert await spent() == (0, 350 * 12)
    await holds()


async def test_only_a_running_campaign_can_be_named(time_machine: TimeMachine) -> None:
    async def refused(making: object) -> str:
        with pytest.raises(RuleViolated) as refusal:
            await making  # type: ignore[misc]
        [fault] = refusal.value.faults
        assert fault.code.endswith("unknown_reference")
        return fault.path

    assert await refused(free7()) == "campaign"
    assert await refused(benefit("coffee", campaign="autumn")) == "campaign"
    assert await refused(task("one", ONE, campaign="autumn")) == "campaign"
    ends = (clock.now() + timedelta(days=1)).isoformat()
    await campaign(None, window={"until": ends})
    await free7()
    await benefit("coffee", campaign="autumn")
    await task("one", ONE, campaign="autumn")
    assert (await statistics.task_report(MAKER, "one")).cost_fen == 0
    time_machine(days=2)
    assert await refused(free7()) == "campaign"
