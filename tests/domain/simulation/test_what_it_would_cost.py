"""Rewards of a forecast: within places, stocks, caps and budgets, in the order of time."""

from typing import Any

import msgspec
import pytest

from domain import approvals
from domain.campaigns import CAMPAIGNS, Cost
from domain.simulation import BudgetForecast, DayLine, TaskForecast
from kit import clock, database
from tests.domain.benefits.stage import benefit
from tests.domain.campaigns.stage import campaign, customer, document, reserve
from tests.domain.coupons.stage import MAKER, issue_one, publish_template
from tests.domain.simulation.stage import bought, draft, forecast_of, happened, result_of
from tests.domain.tasks.making import at, cumulative, refund

pytestmark = pytest.mark.usefixtures("november")
ONCE = cumulative("purchase.count", 1, "claim")
DAYS = ("2026-11-02", "2026-11-06")


async def five_days(customers: int = 1, **more: Any) -> None:
    """On each of five days so many customers buy at noon, the 2nd to the 6th."""
    for day in range(2, 7):
        await happened(*(bought(f"C{day}-{one}", f"{day:02d} 12:{one:02d}", **more) for one in range(customers)))


async def in_branch(customers: str, branch: str) -> None:
    await database.execute("UPDATE customer SET branch = $2 WHERE customer_no LIKE $1", customers, branch)


async def forecast(**more: Any) -> TaskForecast:
    await draft("fuel", ONCE, **more)
    return await forecast_of("fuel", *DAYS)


def reached(budgets: list[BudgetForecast]) -> list[tuple[str, str, int, int, str]]:
    """The ceilings that are reached: branch, per, used, refused, when."""
    return [
        (one.branch, one.per, one.used_fen, one.refused, clock.local_text(one.runs_out_at)[8:16])
        for one in budgets
        if one.runs_out_at is not None
    ]


async def test_who_when_and_at_what_cost() -> None:
    await publish_template("free7", cost_fen=350)
    await five_days()
    await in_branch("C2%", "SH")
    await customer()  # sees it, and does nothing
    found = await forecast(rewards=[{"experience": 100}, {"coupon": "free7"}])
    assert (found.seen, found.claimed, found.completed, found.expired, found.no_place) == (6, 5, 5, 0, 0)
    assert [(one.kind, one.target, one.given, one.cost_fen) for one in found.rewards] == [
        ("experience", None, 5, 0),
        ("coupon", "free7", 5, 1_750),
    ]
    assert (found.cost_fen, found.wanted_fen, found.cost_per_completion_fen) == (1_750, 1_750, 350)
    assert (found.days_to_complete_median, found.days_to_complete_p90) == (2.5, 4.1)
    day = clock.business_day(at("2026-11-02 12:00"))
    assert found.by_day[0] == DayLine(day, 5, 1, 350)
    assert [(str(one.day)[8:], one.claimed, one.completed) for one in found.by_day[1:]] == [
        *(("03", 0, 1), ("04", 0, 1), ("05", 0, 1), ("06", 0, 1))
    ]
    assert {one.key: (one.seen, one.claimed, one.completed, one.cost_fen) for one in found.by_branch} == {
        "": (5, 4, 4, 1_400),
        "SH": (1, 1, 1, 350),
    }
    assert [(one.key, one.seen, one.completed) for one in found.by_stage] == [("base", 6, 5)]


async def test_a_completion_that_is_taken_back_costs_nothing() -> None:
    await publish_template("free7", cost_fen=350)
    kept, gone = bought("C1", "02 12:00"), bought("C2", "03 12:00")
    later = refund(gone, occurred_at=at("2026-11-05 09:00"))
    await happened(kept, gone, later)
    found = await forecast(rewards=[{"coupon": "free7"}])
    assert (found.claimed, found.completed, found.cost_fen) == (1, 1, 350)
    # Who would have looked before the refund would have seen two.
    before = await forecast_of("fuel", "2026-11-02", "2026-11-04")
    assert (before.claimed, before.completed, before.cost_fen) == (2, 2, 700)


async def test_a_budget_runs_out_at_the_first_reward_it_has_no_money_for() -> None:
    await campaign(1_000)
    await publish_template("free7", cost_fen=350, campaign="autumn")
    await five_days()
    await draft("fuel", ONCE, rewards=[{"coupon": "free7"}], campaign="autumn")
    result = await result_of("tasks", "fuel", *DAYS)
    [found] = result.tasks
    assert reached(result.budgets) == [("", "total", 700, 3, "04T12:00")]
    assert (found.completed, found.cost_fen, found.wanted_fen) == (5, 700, 1_750)
    assert (found.rewards[0].given, found.rewards[0].refused) == (2, {"budget.exhausted": 3})
    assert result.exceeds
    # As it stands now: what is reserved meanwhile is gone.
    await reserve(Cost("autumn", await customer(), 400, "test:1"))
    again = await result_of("tasks", "fuel", *DAYS)
    assert reached(again.budgets) == [("", "total", 350, 4, "03T12:00")]
    assert await database.fetchval("SELECT reserved_fen FROM budget_pot WHERE branch = ''") == 400


async def test_a_day_has_its_own_ceiling_and_begins_anew() -> None:
    await campaign(100_000, daily_fen=800)
    await publish_template("free7", cost_fen=350, campaign="autumn")
    await five_days(customers=3)
    await draft("fuel", ONCE, rewards=[{"coupon": "free7"}])
    result = await result_of("tasks", "fuel", *DAYS)
    assert reached(result.budgets) == [("", "day", 3_500, 5, "02T12:02")]
    assert result.tasks[0].rewards[0].refused == {"budget.day_exhausted": 5}


async def test_a_branch_spends_its_share_and_no_more() -> None:
    await campaign(100_000, branches={"SH": 700})
    await publish_template("free7", cost_fen=350, campaign="autumn")
    await five_days(customers=2)
    await in_branch("%-0", "SH")
    await draft("fuel", ONCE, rewards=[{"coupon": "free7"}])
    result = await result_of("tasks", "fuel", *DAYS)
    assert reached(result.budgets) == [("SH", "total", 700, 3, "04T12:00")]
    assert {one.key: one.cost_fen for one in result.tasks[0].by_branch} == {"": 1_750, "SH": 700}


async def test_a_campaign_that_never_was_live_has_the_budget_of_its_draft() -> None:
    await approvals.save_draft(CAMPAIGNS, "autumn", _campaign(700), MAKER)
    await publish_template("free7", cost_fen=350)
    await database.execute("UPDATE configuration SET body = body || '{\"campaign\": \"autumn\"}' WHERE code = 'free7'")
    await five_days()
    await draft("fuel", ONCE, rewards=[{"coupon": "free7"}])
    result = await result_of("tasks", "fuel", *DAYS)
    assert reached(result.budgets) == [("", "total", 700, 3, "04T12:00")]


def _campaign(total_fen: int) -> Any:
    return msgspec.convert(document(total_fen), CAMPAIGNS.definition)


@pytest.mark.parametrize(
    ("template", "given", "refused"),
    [
        ({"stock": 3}, 3, {"coupon.out_of_stock": 12}),
        ({"daily_cap": 2}, 10, {"coupon.daily_cap": 5}),
        ({"stock": 3, "daily_cap": 1}, 3, {"coupon.daily_cap": 4, "coupon.out_of_stock": 8}),
    ],
)
async def test_stock_and_daily_cap_of_a_coupon(template: dict[str, int], given: int, refused: dict[str, int]) -> None:
    await publish_template("free7", **template)
    await five_days(customers=3)
    [reward] = (await forecast(rewards=[{"coupon": "free7"}])).rewards
    assert (reward.given, reward.refused) == (given, refused)


async def test_nobody_gets_more_than_a_person_may_have_and_has_had() -> None:
    await publish_template("free7", per_person=2)
    await happened(*(bought("C1", f"{day:02d} 12:00") for day in range(2, 7)))
    await happened(*(bought("C2", f"{day:02d} 12:00") for day in range(2, 7)))
    owner = await database.fetchval("SELECT id FROM customer WHERE customer_no = 'C2'")
    await issue_one(owner, "free7")
    found = await forecast(rewards=[{"coupon": "free7"}], claim={"cycle": "daily"})
    assert (found.claimed, found.completed) == (10, 10)
    assert (found.rewards[0].given, found.rewards[0].refused) == (3, {"coupon.personal_cap": 7})


async def test_benefits_have_as_many_as_there_are_codes() -> None:
    await benefit("lounge", codes=4, cost_fen=2_000)
    await benefit("club", stock_mode="unlimited", cost_fen=10)
    await five_days()
    found = await forecast(rewards=[{"benefit": "lounge"}, {"benefit": "club"}])
    assert [(one.given, one.cost_fen, one.refused) for one in found.rewards] == [
        (4, 8_000, {"benefit.out_of_stock": 1}),
        (5, 50, {}),
    ]
    assert await database.fetchval("SELECT count(*) FROM benefit_grant") == 0


async def test_places_are_for_those_who_come_first() -> None:
    await happened(*(bought(f"C{day}", f"{8 - day:02d} 12:00") for day in range(2, 7)))
    found = await forecast(claim={"places": 2})
    assert (found.seen, found.claimed, found.completed, found.no_place) == (5, 2, 2, 3)
    assert [str(one.day)[8:] for one in found.by_day if one.completed] == ["02", "03"]


async def test_tasks_of_a_campaign_share_its_budget_in_the_order_of_time() -> None:
    await campaign(1_000)
    await publish_template("free7", cost_fen=350, campaign="autumn", per_person=5)
    await five_days()
    every = {"rewards": [{"coupon": "free7"}], "campaign": "autumn"}
    await draft("early", cumulative("purchase.count", 1, "claim", hour={"at_most": 13}), **every)
    await draft("large", cumulative("purchase.amount", 10_000, "claim"), **every)
    await draft("other", ONCE, rewards=[{"coupon": "free7"}])
    result = await result_of("campaigns", "autumn", *DAYS)
    assert [(one.task, one.completed, one.cost_fen, one.wanted_fen) for one in result.tasks] == [
        ("early", 5, 350, 1_750),
        ("large", 5, 350, 1_750),
    ]
    assert (result.cost_fen, result.wanted_fen) == (700, 3_500)
    assert reached(result.budgets) == [("", "total", 700, 8, "03T12:00")]
