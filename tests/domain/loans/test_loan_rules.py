"""The annualised rate by IRR, and the cost table. No database."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.loans.rules import Costs, cost_table, yearly_rate
from domain.loans.states import MOVES, LoanState, contradicts, may
from domain.loans.terms import Terms
from kit.money import percent

LENT = 1_200_000
EQUAL_INSTALMENTS = [110_016] * 11 + [110_019]
EQUAL_PRINCIPAL = [100_000 + interest for interest in range(18_000, 0, -1_500)]
INTEREST_FIRST = [18_000] * 11 + [1_218_000]


@pytest.mark.parametrize(
    ("payments", "expected"),
    [
        (EQUAL_INSTALMENTS, "18.00"),
        (EQUAL_PRINCIPAL, "18.00"),
        (INTEREST_FIRST, "18.00"),
        ([92_016, *EQUAL_INSTALMENTS[1:]], "15.18"),  # the first period free of interest
        ([107_200] * 12, "13.03"),  # a flat fee of 0.6 % a month
        ([100_000] * 12, "0.00"),
        ([0] * 11 + [LENT], "0.00"),
    ],
)
def test_the_annualised_rate_is_twelve_times_the_monthly_rate_of_return(payments: list[int], expected: str) -> None:
    assert percent(yearly_rate(LENT, payments)) == expected


def test_a_rate_below_zero_and_a_very_high_one_are_found_too() -> None:
    assert yearly_rate(1_000, [450, 450]) < 0
    assert percent(yearly_rate(1_000, [21_000])) == "24000.00"


@given(st.integers(10_000, 10**9), st.integers(1, 60), st.integers(1, 400))
def test_the_rate_that_is_lent_at_is_the_rate_that_is_found(amount: int, periods: int, tenths_of_percent: int) -> None:
    monthly = Decimal(tenths_of_percent) / 1000
    growth = (1 + monthly) ** periods
    payment = int(amount * monthly * growth / (growth - 1) * 1_000_000)
    found = yearly_rate(amount * 1_000_000, [payment] * periods)
    assert abs(found - monthly * 12) < Decimal("0.0001")


def costs(reduction_fen: int = 0, after: str = "0.18") -> Costs:
    return Costs(120_195, reduction_fen, Decimal("0.18"), Decimal(after))


def test_the_cost_table_names_every_cost() -> None:
    table = cost_table(Terms(LENT, 12, "equal_instalment"), costs(18_000, "0.1518"))
    assert {item.name: item.text for item in table.items} == {
        "贷款本金": "12,000.00元",
        "借款期限": "12期（按月）",
        "还款方式": "等额本息",
        "年化利率（单利）": "18.00%",
        "优惠后年化利率（单利）": "15.18%",
        "利息总额": "1,201.95元",
        "优惠减免": "180.00元",
        "手续费": "0.00元",
        "还款总额": "13,021.95元",
        "逾期费用": "逾期未还的款项，按借款合同约定计收罚息，并可能影响您的征信记录",
    }
    assert table.reading_seconds == 5


def test_the_version_stands_for_exactly_this_content() -> None:
    terms = Terms(LENT, 12, "equal_instalment")
    version = cost_table(terms, costs()).version
    assert version == cost_table(terms, costs()).version
    assert version != cost_table(terms, costs(1)).version
    assert version != cost_table(Terms(LENT, 12, "equal_principal"), costs()).version


def test_how_a_loan_ends_is_final() -> None:
    assert {state for state, after in MOVES.items() if not after} == {LoanState.CANCELLED, LoanState.REPAID_EARLY}
    assert all(LoanState.PROCESSING not in after for after in MOVES.values())
    assert not may(LoanState.DISBURSED, LoanState.DECLINED)


def test_what_was_true_before_contradicts_nothing() -> None:
    states = [state for state in LoanState if state != LoanState.PROCESSING]
    assert {(known, told) for known in states for told in states if contradicts(known, told)} == {
        (LoanState.DISBURSED, LoanState.DECLINED),
        (LoanState.REPAID_EARLY, LoanState.DECLINED),
        (LoanState.REPAID_EARLY, LoanState.CANCELLED),
        (LoanState.CANCELLED, LoanState.REPAID_EARLY),
    }
