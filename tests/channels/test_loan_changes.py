"""What the twin's core does with a loan later: by its own rules, and how it tells us."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from channels.card_core.sandbox_books import BookedLoan
from channels.card_core.sandbox_changes import COOLING_OFF, changed
from channels.sandbox.delivery import notice_of
from domain.ports import LoanTerms, Reduction
from kit.errors import Conflict

DAY = date(2026, 11, 1)
FREE = Reduction("A", "interest_free_days", {"days": 45})
OFF = Reduction("B", "interest_discount", {"rate_off": "0.20", "periods": 3}, "whole")


def asked(*reductions: Reduction, method: str = "equal_instalment") -> BookedLoan:
    terms = LoanTerms(1_200_000, 12, method, list(reductions))
    return BookedLoan("L1", "C1", terms, "processing", None, [], Decimal("0.18"))


def test_it_can_be_cancelled_until_the_cooling_off_is_over() -> None:
    loan = changed(asked(FREE), "disburse", DAY)
    cancelled = changed(loan, "cancel", DAY + COOLING_OFF)
    assert (cancelled.state, cancelled.reduced_by(), cancelled.may_book("A")) == ("cancelled", {}, {26_310})
    with pytest.raises(Conflict) as late:
        changed(loan, "cancel", DAY + COOLING_OFF + timedelta(days=1))
    assert late.value.code == "loan.cooling_off_over"


def test_an_early_repayment_charges_the_days_that_were_used() -> None:
    """20 of 30 days, of 180.00 for the first month; the free days cover them, the discount moves to what they leave."""
    loan = changed(asked(FREE, OFF), "disburse", DAY)
    assert loan.reduced_by() == {"A": 26_310, "B": 6_367}
    settled = changed(loan, "repay_early", DAY + timedelta(days=20))
    assert settled.settled is not None
    assert [line.interest_fen for line in settled.settled[:3]] == [12_000, 0, 0]
    assert settled.reduced_by() == {"A": 12_000}
    assert settled.may_book("B") == {6_367, 0}


def test_what_was_due_is_charged_whole_when_it_is_repaid_later() -> None:
    loan = changed(asked(OFF), "disburse", DAY)
    settled = changed(loan, "repay_early", date(2026, 12, 16))
    assert settled.settled is not None
    # 15 of the 31 days until 1 January, of the second month's 166.20.
    assert [line.interest_fen for line in settled.settled[:3]] == [18_000, 8_042, 0]
    assert settled.reduced_by() == {"B": 9_967}


def test_the_first_day_is_charged_however_soon_it_is_repaid() -> None:
    settled = changed(changed(asked(FREE, method="per_day"), "disburse", DAY), "repay_early", DAY)
    assert settled.settled is not None
    assert (settled.settled[0].interest_fen, settled.reduced_by()) == (600, {"A": 600})


@pytest.mark.parametrize(
    ("before", "change"), [("decline", "cancel"), ("decline", "repay_early"), ("disburse", "decline")]
)
def test_what_cannot_be_is_refused(before: str, change: str) -> None:
    with pytest.raises(Conflict):
        changed(changed(asked(), before, DAY), change, DAY)  # type: ignore[arg-type]


def test_a_notice_says_what_the_loan_is_and_what_each_coupon_takes_off() -> None:
    loan = changed(changed(asked(FREE), "decline", DAY), "disburse", DAY)
    told = notice_of(loan)
    assert (told["notice_id"], told["state"], told["reason"]) == ("L1-disbursed", "disbursed", None)
    assert told["reductions"] == [{"coupon_no": "A", "amount_fen": 26_310}]
