"""Fen stay whole; the only place where anything is rounded."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.money import percent, round_down, round_half_up, short_yuan, yuan

amounts = st.decimals(min_value=-(10**13), max_value=10**13, allow_nan=False, places=6)


@pytest.mark.parametrize(
    ("fen", "half_up", "down"),
    [("0.5", 1, 0), ("-0.5", -1, 0), ("1.49", 1, 1), ("2.5", 3, 2), ("-2.5", -3, -2), ("99.999", 100, 99)],
)
def test_interest_rounds_half_up_and_reductions_towards_zero(fen: str, half_up: int, down: int) -> None:
    assert (round_half_up(Decimal(fen)), round_down(Decimal(fen))) == (half_up, down)


@given(amounts)
def test_rounding_never_moves_by_a_fen_or_more(fen: Decimal) -> None:
    assert abs(round_half_up(fen) - fen) <= Decimal("0.5")
    assert abs(round_down(fen) - fen) < 1
    assert abs(round_down(fen)) <= abs(fen)


@pytest.mark.parametrize(
    ("fen", "long", "short"),
    [
        (0, "0.00", "0"),
        (5, "0.05", "0.05"),
        (30_000, "300.00", "300"),
        (123_456, "1,234.56", "1,234.56"),
        (-123_450, "-1,234.50", "-1,234.50"),
        (-1, "-0.01", "-0.01"),
        (100_000_000_00, "100,000,000.00", "100,000,000"),
    ],
)
def test_yuan(fen: int, long: str, short: str) -> None:
    assert (yuan(fen), short_yuan(fen)) == (long, short)


@given(st.integers(-(10**15), 10**15))
def test_no_fen_is_lost_in_writing(fen: int) -> None:
    assert round(Decimal(yuan(fen).replace(",", "")) * 100) == fen


@pytest.mark.parametrize(
    ("rate", "text"), [("0.18", "18.00"), ("0.151849", "15.18"), ("0.00005", "0.01"), ("0", "0.00"), ("1.2", "120.00")]
)
def test_a_yearly_rate(rate: str, text: str) -> None:
    assert percent(Decimal(rate)) == text
