"""The twin's loan arithmetic: known vectors, and what must hold for every loan and every coupon."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.card_core.sandbox_loans import LEAST_FEN, METHODS, MOST_FEN, MOST_PERIODS, due_date, plan, reductions
from domain.ports import Instalment, LoanTerms, Reduction
from kit.errors import RuleViolated

RATE = Decimal("0.18")
FIRST_DAY = date(2026, 11, 1)


def loan(method: str, reduction: Reduction | None = None) -> list[Instalment]:
    """12,000.00 yuan over 12 months."""
    return plan(LoanTerms(1_200_000, 12, method, reduction), RATE, FIRST_DAY)


def coupon(kind: str, **value: int | str) -> Reduction:
    return Reduction("K1", kind, value)


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
def coupons(draw: st.DrawFn) -> Reduction:
    kind = draw(st.sampled_from(["interest_free_days", "interest_discount", "repayment"]))
    value: dict[str, int | str] = {}
    if kind == "interest_free_days":
        value["days"] = draw(st.integers(1, 400))
    elif kind == "interest_discount":
        value |= {"rate_off": str(draw(st.decimals("0.01", "1", places=3))), "periods": draw(st.integers(1, 70))}
    else:
        value["amount_fen"] = draw(st.integers(1, 10**9))
    cap = draw(caps)
    return Reduction("K1", kind, value | ({"cap_fen": cap} if cap and kind != "repayment" else {}))


@given(amounts, periods, methods, rates, st.none() | coupons())
def test_every_plan_repays_exactly_the_amount(
    amount: int, count: int, method: str, rate: Decimal, reduction: Reduction | None
) -> None:
    lines = plan(LoanTerms(amount, count, method, reduction), rate, FIRST_DAY)
    assert sum(line.principal_fen for line in lines) == amount
    assert all(line.principal_fen >= 0 and line.interest_fen >= 0 for line in lines)
    assert all(0 <= line.reduction_fen <= line.interest_fen for line in lines)
    assert all(line.total_fen == line.principal_fen + line.interest_fen - line.reduction_fen for line in lines)
    assert all(before.due_date < after.due_date for before, after in pairwise(lines))


@given(amounts, periods, methods, rates, coupons())
def test_a_coupon_changes_neither_principal_nor_interest(
    amount: int, count: int, method: str, rate: Decimal, reduction: Reduction
) -> None:
    bare = plan(LoanTerms(amount, count, method), rate, FIRST_DAY)
    reduced = plan(LoanTerms(amount, count, method, reduction), rate, FIRST_DAY)
    assert [(a.principal_fen, a.interest_fen) for a in bare] == [(b.principal_fen, b.interest_fen) for b in reduced]


@given(amounts, periods, rates)
def test_interest_is_rounded_half_up_on_what_is_owed(amount: int, count: int, rate: Decimal) -> None:
    owed = amount
    for line in plan(LoanTerms(amount, count, "equal_principal"), rate, FIRST_DAY):
        exact = owed * rate / 12
        assert line.interest_fen - Decimal("0.5") <= exact < line.interest_fen + Decimal("0.5")
        owed -= line.principal_fen


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=60), coupons())
def test_reductions_are_capped_and_never_exceed_what_they_reduce(interest: list[int], reduction: Reduction) -> None:
    off = reductions(reduction, interest)
    assert all(0 <= one <= whole for one, whole in zip(off, interest, strict=True))
    cap = reduction.value.get("cap_fen", reduction.value.get("amount_fen"))
    assert cap is None or sum(off) <= int(cap)


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=60), st.integers(1, 1_000))
def test_more_free_days_never_take_off_less(interest: list[int], days: int) -> None:
    fewer = reductions(coupon("interest_free_days", days=days), interest)
    more = reductions(coupon("interest_free_days", days=days + 1), interest)
    assert all(a <= b for a, b in zip(fewer, more, strict=True))
