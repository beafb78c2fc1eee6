"""Levels that have to be kept: periods, renewing and falling, rising again, and gifts once a period."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from domain import experience, reconciliation
from domain.experience import LEVEL_TABLES, rules
from domain.experience.definition import Validity
from kit import clock
from kit.errors import RuleViolated
from tests.domain.coupons.stage import new_customers, publish
from tests.domain.experience.level_stage import (
    KEEPS,
    NAMES,
    THRESHOLDS,
    YEAR,
    customer,
    earn,
    go_to,
    history,
    rank,
    table,
)
from tests.domain.tasks.making import at
from tests.domain.tasks.time_machine import TimeMachine, time_machine

__all__ = ["customer", "time_machine"]
pytestmark = pytest.mark.usefixtures("database")


async def test_a_level_is_kept_by_what_its_period_brings(customer: int) -> None:
    await table(**YEAR)
    await earn(customer, 600)
    standing = await experience.standing(customer)
    assert standing.keep is not None
    assert (standing.current.rank, standing.holds_until) == (2, at("2028-01-01 00:00"))
    assert (standing.keep.needed, standing.keep.earned, standing.keep.missing) == (200, 600, 0)
    go_to("2027-12-31 23:59")
    assert await experience.review() == 0
    go_to("2028-01-01 00:00")
    assert [await experience.review(), await experience.review()] == [1, 0]
    assert (await rank(customer), await history(customer)) == (2, [(0, 2, "rise"), (2, 2, "renew")])
    assert (await experience.standing(customer)).holds_until == at("2029-01-01 00:00")


async def test_missing_it_one_falls_a_level_and_rises_again_by_keeping_it(customer: int) -> None:
    await table(**YEAR)
    await earn(customer, 600)
    go_to("2028-06-01 12:00")
    await experience.review()
    go_to("2029-01-01 00:00")
    await experience.review()
    assert (await rank(customer), (await history(customer))[-1]) == (1, (2, 1, "fall"))
    standing = await experience.standing(customer)
    assert (standing.balance, standing.missing) == (600, 200)
    await earn(customer, 199)
    assert await rank(customer) == 1
    await earn(customer, 1)
    assert (await rank(customer), (await history(customer))[-1]) == (2, (1, 2, "rise"))
    assert await reconciliation.reconcile() == []


async def test_a_worker_that_slept_over_two_year_ends_judges_each(customer: int) -> None:
    await table(**YEAR)
    await earn(customer, 2_500)
    go_to("2030-05-01 12:00")
    assert await experience.review() == 1
    falls = [(0, 3, "rise"), (3, 3, "renew"), (3, 2, "fall"), (2, 1, "fall")]
    assert (await rank(customer), await history(customer)) == (1, falls)
    moved_at = [one.at for one in reversed(await experience.changes(customer))]
    assert moved_at[1:] == [at("2028-01-01 00:00"), at("2029-01-01 00:00"), at("2030-01-01 00:00")]


async def test_earning_before_the_job_comes_by_is_judged_the_same(customer: int) -> None:
    await table(**YEAR)
    await earn(customer, 600)
    go_to("2029-02-01 12:00")
    shown_before = (await experience.standing(customer)).current.rank
    await earn(customer, 10)
    assert (shown_before, await rank(customer), await experience.review()) == (1, 1, 0)
    assert await history(customer) == [(0, 2, "rise"), (2, 2, "renew"), (2, 1, "fall")]


async def test_to_the_level_that_was_kept(customer: int) -> None:
    await table(fall="to_kept", **YEAR)
    await earn(customer, 2_500)
    go_to("2028-06-01 12:00")
    await earn(customer, 60)
    go_to("2029-06-01 12:00")
    await experience.review()
    assert (await history(customer))[-1] == (3, 1, "fall")
    go_to("2030-06-01 12:00")
    await experience.review()
    assert (await history(customer))[-1] == (1, 0, "fall")


async def test_periods_of_months_run_from_the_first_day(customer: int) -> None:
    await table(validity={"months": 12})
    await earn(customer, 150)
    assert (await experience.standing(customer)).holds_until == at("2028-03-10 00:00")


@pytest.mark.parametrize(
    ("begins", "months", "ends"),
    [
        ("2027-01-31", 1, "2027-02-28"),
        ("2027-03-10", 12, "2028-03-10"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2027-12-05", 1, "2028-01-05"),
    ],
)
def test_a_shorter_month_ends_a_period_on_its_last_day(begins: str, months: int, ends: str) -> None:
    assert rules.period_end(Validity(months=months), at(f"{begins} 00:00")) == at(f"{ends} 00:00")


@pytest.mark.parametrize(
    ("begins", "months", "ends"),
    [
        ("2027-01-31", 1, ["2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"]),
        ("2028-02-29", 12, ["2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]),
    ],
)
async def test_a_short_month_does_not_move_the_periods_after_it(
    time_machine: TimeMachine, begins: str, months: int, ends: list[str]
) -> None:
    go_to(f"{begins} 12:00")
    [customer] = await new_customers()
    await table(validity={"months": months})
    await earn(customer, 150)
    for day in ends:
        assert (await experience.standing(customer)).holds_until == at(f"{day} 00:00")
        go_to(f"{day} 12:00")
        await earn(customer, 60)
    assert set(await history(customer)) == {(0, 1, "rise"), (1, 1, "renew")}


async def test_a_level_without_a_condition_holds_for_no_time(customer: int) -> None:
    await table(**YEAR)
    assert (await experience.standing(customer)).holds_until is None
    await earn(customer, 150)
    assert (await experience.standing(customer)).holds_until == at("2028-01-01 00:00")


async def test_a_table_with_years_counts_what_this_year_brought_before_it(customer: int) -> None:
    await table()
    await earn(customer, 600)
    go_to("2028-05-05 12:00")
    await earn(customer, 250)
    await table(**YEAR)
    standing = await experience.standing(customer)
    assert standing.keep is not None
    assert (standing.current.rank, standing.keep.earned, standing.keep.by) == (2, 250, at("2029-01-01 00:00"))
    go_to("2029-01-02 12:00")
    await experience.review()
    assert (await history(customer))[-1] == (2, 2, "renew")


async def test_a_new_table_does_not_lift_who_had_fallen(customer: int) -> None:
    await table(**YEAR)
    await earn(customer, 600)
    go_to("2029-06-01 12:00")
    await experience.review()
    assert await rank(customer) == 1
    await table(name="会员等级，新", **YEAR)
    standing = await experience.standing(customer)
    assert (standing.current.rank, standing.missing, (await history(customer))[-1]) == (1, 200, (2, 1, "fall"))
    await earn(customer, 200)
    assert await rank(customer) == 2
    assert await reconciliation.reconcile() == []


async def test_a_table_without_periods_forgets_falls(customer: int) -> None:
    await table(**YEAR)
    await earn(customer, 600)
    go_to("2029-06-01 12:00")
    await experience.review()
    await table()
    standing = await experience.standing(customer)
    assert (standing.current.rank, standing.holds_until, (await history(customer))[-1]) == (2, None, (1, 2, "table"))


async def test_periods_that_have_ended_are_judged_by_the_table_they_ran_under(customer: int) -> None:
    await table(**YEAR)
    await earn(customer, 600)
    go_to("2029-06-01 12:00")
    await table(fall="to_kept", validity={"months": 6})
    assert await history(customer) == [(0, 2, "rise"), (2, 2, "renew"), (2, 1, "fall")]
    assert (await experience.standing(customer)).holds_until == at("2030-01-01 00:00")
    assert await experience.review() == 0


async def test_a_clawback_takes_the_level_at_once_and_below_zero_is_the_first(customer: int) -> None:
    await table(**YEAR)
    await earn(customer, 600, -550)
    assert (await rank(customer), (await history(customer))[-1]) == (0, (2, 0, "clawback"))
    await earn(customer, -300)
    standing = await experience.standing(customer)
    assert (standing.balance, standing.current.rank, standing.missing) == (-250, 0, 350)


@pytest.mark.parametrize(
    ("rank_", "changes", "more", "path"),
    [
        (0, {"keep": 5}, YEAR, "levels[0].keep"),
        (0, {"gifts": [{"experience": 5}]}, {}, "levels[0].gifts"),
        (1, {"keep": 5}, {}, "levels[1].keep"),
        (1, {"gifts": [{}]}, {}, "levels[1].gifts[0]"),
        (1, {"gifts": [{"coupon": "nothing"}]}, {}, "levels[1].gifts[0].coupon"),
        (1, {"gifts": [{"benefit": "nothing"}]}, {}, "levels[1].gifts[0].benefit"),
        (1, {}, {"validity": {}}, "validity"),
        (1, {}, {"validity": {"months": 3, "until": "year_end"}}, "validity"),
    ],
)
async def test_an_impossible_table_is_refused_by_path(
    rank_: int, changes: dict[str, Any], more: dict[str, Any], path: str
) -> None:
    levels: list[dict[str, Any]] = [{"rank": r, "name": NAMES[r], "threshold": THRESHOLDS[r]} for r in range(2)]
    levels[rank_] |= changes
    with pytest.raises(RuleViolated) as refused:
        await publish(LEVEL_TABLES, "default", {"name": "会员等级", "levels": levels, **more})
    assert [fault.path for fault in refused.value.faults] == [path]


class Plain:
    """The same rules said once more, in days."""

    def __init__(self, today: date, fall: str) -> None:
        self.balance = self.rank = self.earned = 0
        self.cap = 3
        self.fall, self.year = fall, today.year

    def now(self, today: date) -> None:
        while self.year < today.year:
            kept = [r for r in range(4) if r == 0 or self.earned >= (KEEPS[r] or 0)]
            if self.rank not in kept:
                lower = [r for r in kept if r < self.rank]
                self.rank = self.cap = self.rank - 1 if self.fall == "one" else max(lower)
            self.year, self.earned = self.year + 1, 0

    def earn(self, amount: int) -> None:
        self.balance += amount
        self.earned += amount
        best = 0
        for r in range(1, 4):
            if self.balance < THRESHOLDS[r] or (r > self.cap and self.earned < (KEEPS[r] or 0)):
                break
            best = r
        self.rank, self.cap = best, max(self.cap, best)


steps = st.lists(
    st.tuples(st.integers(0, 500), st.sampled_from([30, 60, 250, 900, 2_500, -40, -300, -1_500]), st.booleans()),
    min_size=1,
    max_size=9,
)


@settings(
    deadline=None,
    max_examples=20,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(steps, st.sampled_from(["one", "to_kept"]))
async def test_any_life_of_a_level_is_what_the_plain_rules_say(
    database: str, time_machine: TimeMachine, life: list[tuple[int, int, bool]], fall: str
) -> None:
    start: datetime = at("2027-03-10 12:00")
    clock.advance((start - clock.now()).total_seconds())
    await table(fall=fall, **YEAR)
    [customer] = await new_customers()
    plain = Plain(clock.today(), fall)
    await earn(customer, 1)
    plain.earn(1)
    for days, amount, reviewed in life:
        clock.advance(timedelta(days=days).total_seconds())
        if reviewed:
            await experience.review()
        await earn(customer, amount)
        plain.now(clock.today())
        plain.earn(amount)
        standing = await experience.standing(customer)
        assert (standing.balance, standing.current.rank) == (plain.balance, plain.rank)
    assert await reconciliation.reconcile() == []
