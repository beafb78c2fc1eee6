"""Tasks that have to be claimed: when those claim who do, and what then counts."""

from typing import Any

import pytest

from domain.simulation import TaskForecast
from kit import database
from tests.domain.campaigns.stage import campaign
from tests.domain.simulation.stage import bought, draft, forecast_of, happened
from tests.domain.tasks.making import cumulative

pytestmark = pytest.mark.usefixtures("november")
TWO = cumulative("purchase.count", 2, "claim")
DAYS = ("2026-11-02", "2026-11-08")


async def forecast(content: Any = TWO, claim: dict[str, Any] | None = None, **asked: Any) -> TaskForecast:
    await draft("fuel", content, automatic=False, claim=claim or {})
    return await forecast_of("fuel", *DAYS, **asked)


def said(found: TaskForecast) -> tuple[int, int, int]:
    return found.claimed, found.completed, found.expired


async def test_who_claims_at_once_claims_without_doing_anything() -> None:
    await happened(
        bought("C1", "01 12:00"), bought("C1", "02 12:00"), bought("C1", "05 12:00"), bought("C2", "04 12:00")
    )
    assert said(await forecast()) == (2, 1, 0)
    assert said(await forecast(claim={"days_to_finish": 2})) == (2, 0, 2)


async def test_who_claims_when_something_counts_has_all_the_time_from_then_on() -> None:
    await happened(bought("C1", "02 12:00"), bought("C1", "05 12:00", mcc="5411"), bought("C2", "01 12:00"))
    found = await forecast(claim_on="first_match")
    assert (found.seen, *said(found)) == (2, 1, 1, 0)
    assert (found.days_to_complete_median, found.by_day[0].claimed) == (3.0, 1)
    assert said(await forecast(claim={"days_to_finish": 2}, claim_on="first_match")) == (1, 0, 1)


async def test_what_happened_before_counts_where_the_window_looks_back() -> None:
    await happened(bought("C1", "01 12:00"), bought("C1", "06 12:00"))
    content = cumulative("purchase.count", 2, "lifetime")
    for claim_on in ("start", "first_match"):
        assert said(await forecast(content, claim_on=claim_on)) == (1, 1, 0)
    both = cumulative("purchase.count", 1, "lifetime")
    found = await forecast(both)
    assert (said(found), found.days_to_complete_median, str(found.by_day[0].day)) == ((1, 1, 0), 0.0, "2026-11-02")


async def test_each_cycle_is_claimed_anew_and_may_be_had_several_times() -> None:
    await happened(*(bought("C1", f"{day:02d} {hour}:00") for day in (2, 3) for hour in (10, 12, 14)))
    one = cumulative("purchase.count", 1, "claim")
    assert said(await forecast(one, {"cycle": "daily"})) == (7, 2, 5)
    assert said(await forecast(one, {"cycle": "daily", "times": 2})) == (9, 4, 5)
    assert said(await forecast(one, {"cycle": "daily", "times": 2}, claim_on="first_match")) == (4, 4, 0)
    assert said(await forecast(one, {"cycle": "weekly", "times": 10})) == (7, 6, 1)


async def test_only_so_many_claim_and_always_the_same() -> None:
    await happened(*(bought(f"C{one}", "03 12:00") for one in range(40)))
    one = cumulative("purchase.count", 1, "claim")
    half = await forecast(one, claim_share="0.5")
    assert half.seen == 40
    assert 5 < half.claimed == half.completed < 35
    assert await forecast_of("fuel", *DAYS, claim_share="0.5") == half
    assert said(await forecast(one, claim_share="0")) == (0, 0, 0)
    # What nobody has to claim is everybody's.
    await draft("auto", one)
    assert (await forecast_of("auto", *DAYS, claim_share="0")).completed == 40


async def test_only_those_take_part_who_see_it_as_they_are_today() -> None:
    await happened(*(bought(f"C{one}", "03 12:00") for one in range(4)))
    await database.execute("UPDATE customer SET stage = 'payer' WHERE customer_no IN ('C0', 'C1')")
    await database.execute("UPDATE customer SET card_product = 'young' WHERE customer_no IN ('C1', 'C2')")
    await campaign(None, "listed", warn_at=80)
    content = cumulative("purchase.count", 1, "claim")
    for visible, seen in (({}, 4), ({"stages": ["payer"]}, 2), ({"stages": ["payer"], "card_products": ["young"]}, 1)):
        for automatic in (True, False):
            await draft("fuel", content, automatic=automatic, visible=visible)
            found = await forecast_of("fuel", *DAYS)
            assert (found.seen, found.claimed, found.completed) == (seen, seen, seen)
    await draft("fuel", content, visible={"min_level": 1})
    assert (await forecast_of("fuel", *DAYS)).seen == 0


async def test_a_task_planned_for_later_begins_on_the_first_day() -> None:
    await happened(
        bought("C1", "02 12:00"), bought("C1", "03 12:00"), bought("C2", "06 12:00"), bought("C2", "07 12:00")
    )
    terms = {"from": "2026-12-01T00:00:00+08:00", "until": "2026-12-04T00:00:00+08:00"}
    found = await forecast(claim=terms, claim_on="first_match")
    assert (found.moved_days, *said(found)) == (29, 1, 1, 0)
