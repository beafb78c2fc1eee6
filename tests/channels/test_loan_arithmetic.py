"""The twin's loan arithmetic: known vectors, and what must hold for every loan and every coupon."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.card_core.sandbox_loans import LEAST_FEN, METHODS, MOST_FEN, MOST_PERIODS, due_date, plan
from channels.card_core.sandbox_reductions import Period, earned, reductions
from domain.loans.rules import yearly_rate
from domain.ports import Instalment, LoanTerms, Reduction
from kit.errors import RuleViolated

RATE = Decimal("0.18")
FIRST_DAY = date(2026, 11, 1)


def loan(method: str, *reductions: Reduction) -> list[Instalment]:
    """12,000.00 yuan over 12 months."""
    return plan(LoanTerms(1_200_000, 12, method, list(reductions)), RATE, FIRST_DAY)


def coupon(kind: str, no: str = "K1", **value: int | str) -> Reduction:
    return Reduction(no, kind, value)


def irr_percent(amount_fen: int, totals: list[int]) -> float:
    """Twelve times the monthly internal rate of return, in percent."""
    low, high = 0.0, 1.0
    for _ in range(100):
        middle = (low + high) / 2
        worth = sum(total / (1 + middle) ** k for k, total in enumerate(totals, 1))
        low, high = (middle, high) if worth > amount_fen else (low, middle)
    return round(low * 1_200, 2)


def test_equal_instalments() -> None:
    totals = [line.total_fen for line in loan("equal_instalment")]
    assert totals == [110_016] * 11 + [110_019]
    assert sum(line.interest_fen for line in loan("equal_instalment")) == 120_195
    assert irr_percent(1_200_000, totals) == 18.00


def test_equal_principal() -> None:
    lines = loan("equal_principal")
    assert (lines[0].total_fen, lines[-1].total_fen) == (118_000, 101_500)
    assert sum(line.interest_fen for line in lines) == 117_000


def test_interest_first() -> None:
    lines = loan("interest_first")
    assert [line.total_fen for line in lines] == [18_000] * 11 + [1_218_000]


def test_interest_per_day_counts_the_days_of_the_calendar() -> None:
    """0.05 % a day: 180.00 for the 30 days from 1 November, 186.00 for the 31 of December."""
    lines = loan("per_day")
    assert [line.interest_fen for line in lines[:4]] == [18_000, 18_600, 18_600, 16_800]
    assert [line.principal_fen for line in lines] == [0] * 11 + [1_200_000]
    assert sum(line.interest_fen for line in lines) == 365 * 600


def test_free_days_of_a_loan_with_interest_per_day_are_days() -> None:
    lines = loan("per_day", coupon("interest_free_days", days=35))
    assert [line.reduction_fen for line in lines] == [18_000, 3_000] + [0] * 10


@pytest.mark.parametrize(
    ("method", "off"),
    [
        ("equal_instalment", [4_200, 3_600, 7_800]),
        ("equal_principal", [4_200, 3_600, 7_800]),
        ("interest_first", [4_200, 3_600, 7_800]),
        ("per_day", [4_200, 3_600, 7_800]),
    ],
)
def test_several_coupons_are_taken_off_in_order(method: str, off: list[int]) -> None:
    lines = loan(
        method,
        coupon("interest_free_days", "A", days=7),
        coupon("interest_discount", "B", rate_off="0.20", periods=1),
    )
    first = {one.coupon_no: one.amount_fen for one in lines[0].reductions}
    assert [first["A"], first["B"], lines[0].reduction_fen] == off


def test_what_one_coupon_leaves_the_next_may_take_and_no_more() -> None:
    lines = loan(
        "equal_instalment",
        coupon("interest_free_days", "A", days=30),
        coupon("interest_discount", "B", rate_off="0.5", periods=2),
        coupon("repayment", "C", amount_fen=10_000),
    )
    taken = [{one.coupon_no: one.amount_fen for one in line.reductions} for line in lines[:3]]
    assert taken == [{"A": 18_000}, {"B": 8_310, "C": 8_310}, {"C": 1_690}]


def test_a_coupon_named_twice_is_refused() -> None:
    with pytest.raises(RuleViolated):
        loan("equal_instalment", coupon("repayment", amount_fen=1), coupon("repayment", amount_fen=1))


def test_a_thirty_day_coupon_waives_the_first_period() -> None:
    lines = loan("equal_instalment", coupon("interest_free_days", days=30))
    assert [line.reduction_fen for line in lines] == [18_000] + [0] * 11
    assert irr_percent(1_200_000, [line.total_fen for line in lines]) == 15.18


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (1, [600, 0, 0]),
        (7, [4_200, 0, 0]),
        (45, [18_000, 8_310, 0]),
        (60, [18_000, 16_620, 0]),
        (61, [18_000, 16_620, 507]),
    ],
)
def test_interest_free_days_walk_through_the_periods(days: int, expected: list[int]) -> None:
    lines = loan("equal_instalment", coupon("interest_free_days", days=days))
    assert [line.reduction_fen for line in lines] == expected + [0] * 9


def test_a_discount_on_the_first_periods() -> None:
    lines = loan("equal_instalment", coupon("interest_discount", rate_off="0.20", periods=3))
    assert [line.reduction_fen for line in lines] == [3_600, 3_324, 3_043] + [0] * 9


def test_a_discount_stops_at_its_cap() -> None:
    lines = loan("equal_instalment", coupon("interest_discount", rate_off="0.20", periods=3, cap_fen=5_000))
    assert [line.reduction_fen for line in lines] == [3_600, 1_400] + [0] * 10


def test_a_repayment_coupon_takes_off_the_earliest_interest() -> None:
    lines = loan("equal_instalment", coupon("repayment", amount_fen=20_000))
    assert [line.reduction_fen for line in lines] == [18_000, 2_000] + [0] * 10


@pytest.mark.parametrize(
    ("no", "expected"),
    [(1, date(2027, 2, 28)), (2, date(2027, 3, 31)), (3, date(2027, 4, 30)), (13, date(2028, 2, 29))],
)
def test_due_dates_stay_within_their_month(no: int, expected: date) -> None:
    assert due_date(date(2027, 1, 31), no) == expected


@pytest.mark.parametrize(
    "reduction",
    [
        coupon("interest_free_days", days=0),
        coupon("interest_free_days", days="7"),
        coupon("interest_discount", rate_off="1.01", periods=3),
        coupon("interest_discount", rate_off="NaN", periods=3),
        coupon("interest_discount", rate_off="a fifth", periods=3),
        coupon("interest_discount", rate_off="0.20", periods=3, cap_fen=0),
        coupon("repayment", amount_fen=-1),
    ],
)
def test_a_coupon_that_makes_no_sense_is_refused(reduction: Reduction) -> None:
    with pytest.raises(RuleViolated) as refused:
        loan("equal_instalment", reduction)
    assert refused.value.code == "reduction.invalid"


amounts = st.integers(LEAST_FEN, MOST_FEN)
periods = st.integers(1, MOST_PERIODS)
methods = st.sampled_from(METHODS)
rates = st.decimals("0.0001", "0.36", places=4)
caps = st.none() | st.integers(1, 50_000)


@st.composite
def coupons(draw: st.DrawFn, no: str = "K1") -> Reduction:
    kind = draw(st.sampled_from(["interest_free_days", "interest_discount", "repayment"]))
    value: dict[str, int | str] = {}
    if kind == "interest_free_days":
        value["days"] = draw(st.integers(1, 400))
    elif kind == "interest_discount":
        value |= {"rate_off": str(draw(st.decimals("0.01", "1", places=3))), "periods": draw(st.integers(1, 70))}
    else:
        value["amount_fen"] = draw(st.integers(1, 10**9))
    cap = draw(caps)
    kept = draw(st.sampled_from(["earned", "whole"]))
    return Reduction(no, kind, value | ({"cap_fen": cap} if cap and kind != "repayment" else {}), kept)


some = st.integers(0, 3).flatmap(lambda many: st.tuples(*(coupons(f"K{no}") for no in range(many)))).map(list)


@given(amounts, periods, methods, rates, some)
def test_every_plan_repays_exactly_the_amount(
    amount: int, count: int, method: str, rate: Decimal, wanted: list[Reduction]
) -> None:
    lines = plan(LoanTerms(amount, count, method, wanted), rate, FIRST_DAY)
    assert sum(line.principal_fen for line in lines) == amount
    assert all(line.principal_fen >= 0 and line.interest_fen >= 0 for line in lines)
    assert all(0 <= line.reduction_fen <= line.interest_fen for line in lines)
    assert all(line.reduction_fen == sum(one.amount_fen for one in line.reductions) for line in lines)
    assert all(line.total_fen == line.principal_fen + line.interest_fen - line.reduction_fen for line in lines)
    assert all(before.due_date < after.due_date for before, after in pairwise(lines))


@given(amounts, periods, methods, rates, some)
def test_coupons_change_neither_principal_nor_interest_and_never_raise_the_rate(
    amount: int, count: int, method: str, rate: Decimal, wanted: list[Reduction]
) -> None:
    bare = plan(LoanTerms(amount, count, method), rate, FIRST_DAY)
    reduced = plan(LoanTerms(amount, count, method, wanted), rate, FIRST_DAY)
    assert [(a.principal_fen, a.interest_fen) for a in bare] == [(b.principal_fen, b.interest_fen) for b in reduced]
    before, after = (yearly_rate(amount, [line.total_fen for line in lines]) for lines in (bare, reduced))
    assert after <= before
    assert (after == before) == (sum(line.reduction_fen for line in reduced) == 0)


@given(amounts, st.integers(2, MOST_PERIODS), st.sampled_from(["equal_instalment", "equal_principal"]), rates)
def test_the_last_instalment_takes_the_rounding(amount: int, count: int, method: str, rate: Decimal) -> None:
    lines = plan(LoanTerms(amount, count, method), rate, FIRST_DAY)
    alike = {line.total_fen if method == "equal_instalment" else line.principal_fen for line in lines[:-1]}
    assert len(alike) == 1
    [usual] = alike
    last = lines[-1].total_fen if method == "equal_instalment" else lines[-1].principal_fen
    # Each payment is rounded once, half a fen at most, and what that makes of the debt grows with interest.
    grown = sum((1 + rate / 12) ** k for k in range(count)) if method == "equal_instalment" else count
    assert abs(last - usual) <= grown + 1


@given(amounts, periods, rates)
def test_interest_is_rounded_half_up_on_what_is_owed(amount: int, count: int, rate: Decimal) -> None:
    owed = amount
    for line in plan(LoanTerms(amount, count, "equal_principal"), rate, FIRST_DAY):
        exact = owed * rate / 12
        assert line.interest_fen - Decimal("0.5") <= exact < line.interest_fen + Decimal("0.5")
        owed -= line.principal_fen


interests = st.lists(st.integers(0, 10**7), min_size=1, max_size=60)


def months(interest: list[int]) -> list[Period]:
    return [Period(one, 30) for one in interest]


@given(interests, coupons())
def test_reductions_are_capped_and_never_exceed_what_they_reduce(interest: list[int], reduction: Reduction) -> None:
    off = [one["K1"] for one in reductions([reduction], months(interest))]
    assert all(0 <= one <= whole for one, whole in zip(off, interest, strict=True))
    cap = reduction.value.get("cap_fen", reduction.value.get("amount_fen"))
    assert cap is None or sum(off) <= int(cap)


@given(interests, st.integers(1, 1_000))
def test_more_free_days_never_take_off_less(interest: list[int], days: int) -> None:
    fewer, more = (
        [one["K1"] for one in reductions([coupon("interest_free_days", days=free)], months(interest))]
        for free in (days, days + 1)
    )
    assert all(a <= b for a, b in zip(fewer, more, strict=True))


@given(interests, some, st.data())
def test_what_an_early_repayment_leaves_is_never_more_than_promised_or_charged(
    interest: list[int], wanted: list[Reduction], data: st.DataObject
) -> None:
    taken = reductions(wanted, months(interest))
    charged = [data.draw(st.integers(0, one)) for one in interest]
    kept = earned(wanted, taken, charged)
    assert all(sum(off.values()) <= whole for off, whole in zip(kept, charged, strict=True))
    for one in wanted:
        before, after = (sum(off[one.coupon_no] for off in plan) for plan in (taken, kept))
        assert after <= before
        if one.repaid_early == "earned":
            assert all(b[one.coupon_no] <= a[one.coupon_no] for a, b in zip(taken, kept, strict=True))


def test_an_early_repayment_keeps_what_was_earned_or_the_whole() -> None:
    taken, charged = [{"K1": 18_000}, {"K1": 9_000}], [18_000, 4_000]
    free = Reduction("K1", "interest_free_days", {"days": 45})
    assert earned([free], taken, charged) == [{"K1": 18_000}, {"K1": 4_000}]
    discount, off = Reduction("K1", "interest_discount", {}), [{"K1": 3_600}, {"K1": 3_324}, {"K1": 3_043}]
    assert earned([discount], off, [18_000, 5_000, 0]) == [{"K1": 3_600}, {"K1": 3_324}, {"K1": 0}]
    whole = Reduction("K1", "interest_discount", {}, "whole")
    assert earned([whole], off, [18_000, 5_000, 0]) == [{"K1": 6_643}, {"K1": 3_324}, {"K1": 0}]
