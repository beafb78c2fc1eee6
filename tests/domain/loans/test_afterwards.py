"""What becomes of a coupon when its loan is cancelled, repaid early, decided late or otherwise than we believed."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from domain import coupons, loans, reconciliation
from domain.loans import Loan, LoanState, Notice
from domain.operators import HEAD_OFFICE, OperatorIdentity, Role
from kit import clock
from kit import database as db
from kit.errors import Conflict, Forbidden, NotFound
from tests.domain.coupons.stage import issue_one, publish_template
from tests.domain.loans.stage import TERMS, apply, borrower_with, confirming, settle_later, state_of, told
from tests.domain.loans.twin import Twin

pytestmark = pytest.mark.usefixtures("database")
CHECKER = OperatorIdentity(2, "checker", "复核", frozenset({Role.CHECKER}), HEAD_OFFICE)


@pytest.fixture(autouse=True)
async def holds(database: str) -> AsyncIterator[None]:
    """Whatever happened, every invariant holds."""
    yield
    await told()
    assert await reconciliation.reconcile() == []


async def posted() -> None:
    """Everything the books shall be told has been confirmed."""
    while await loans.post_entries():
        pass
    assert await db.fetchval("SELECT count(*) FROM accounting_entry WHERE state = 'pending'") == 0


async def entries() -> list[int]:
    return [row[0] for row in await db.fetch("SELECT amount_fen FROM accounting_entry ORDER BY id")]


async def listed() -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in await db.fetch("SELECT kind, state FROM loan_discrepancy ORDER BY id")]


async def now_is(loan: Loan) -> LoanState:
    return (await loans.read(loan.customer_id, loan.id)).state


async def history(loan: Loan) -> list[tuple[str, str]]:
    rows = await db.fetch("SELECT after, source FROM loan_move WHERE loan_id = $1 ORDER BY id", loan.id)
    return [(row[0], row[1]) for row in rows]


@pytest.mark.parametrize("booked_before", [True, False])
async def test_a_cancelled_loan_reverses_the_entry_once_and_gives_the_coupon_back(
    twin: Twin, booked_before: bool
) -> None:
    customer, coupon_id = await borrower_with()
    loan = await apply(customer, coupon_id)
    if booked_before:
        await posted()
    await twin.change(loan, "cancel")
    assert [await twin.tell(loan), await twin.tell(loan)] == [True, False]
    assert (await now_is(loan), await state_of(coupon_id)) == (LoanState.CANCELLED, "unused")
    assert await history(loan) == [("processing", "customer"), ("disbursed", "core"), ("cancelled", "notice:N1")]
    await posted()
    assert (await entries(), twin.standing()) == ([18_000, -18_000], {})
    again = await apply(customer, coupon_id, key="k2")
    await posted()
    assert (again.state, await entries(), twin.standing()) == (
        "disbursed",
        [18_000, -18_000, 18_000],
        {coupon_id: 18_000},
    )


async def test_notices_that_come_at_once_are_taken_once(twin: Twin) -> None:
    customer, coupon_id = await borrower_with()
    loan = await apply(customer, coupon_id)
    await twin.change(loan, "cancel")
    assert sum(await asyncio.gather(*(twin.tell(loan) for _ in range(8)))) >= 1
    await posted()
    assert (await entries(), len(await history(loan))) == ([18_000, -18_000], 3)


async def test_a_coupon_whose_template_says_so_is_forfeited(twin: Twin) -> None:
    customer, coupon_id = await borrower_with(use={"cancelled": "forfeit"})
    loan = await apply(customer, coupon_id)
    await twin.change(loan, "cancel")
    await twin.tell(loan)
    await posted()
    assert (await state_of(coupon_id), twin.standing()) == ("voided", {})


@pytest.mark.parametrize(("rule", "left"), [("earned", 600), ("whole", 600)])
async def test_a_loan_repaid_early_keeps_its_coupon_used_for_what_was_earned(twin: Twin, rule: str, left: int) -> None:
    customer, coupon_id = await borrower_with(use={"repaid_early": rule})
    loan = await apply(customer, coupon_id)
    await posted()
    await twin.change(loan, "repay_early")
    assert [await twin.tell(loan), await twin.tell(loan)] == [True, False]
    await posted()
    assert (await now_is(loan), await state_of(coupon_id)) == (LoanState.REPAID_EARLY, "used")
    assert (await entries(), twin.standing()) == ([18_000, -18_000, left], {coupon_id: left})
    assert sum(line.reduction_fen for line in await loans.plan(customer, loan.id)) == left
    [kept] = (await loans.read(customer, loan.id)).coupons
    assert kept.reduction_fen == left


async def test_a_cancellation_that_overtakes_the_decision_frees_the_coupon(twin: Twin) -> None:
    customer, coupon_id = await borrower_with()
    await twin.decide_next("silent")
    loan = await apply(customer, coupon_id)
    await twin.change(loan, "cancel")
    assert await twin.tell(loan)
    assert (await now_is(loan), await state_of(coupon_id), await entries()) == (LoanState.CANCELLED, "unused", [])
    assert not await twin.tell(loan, LoanState.DISBURSED)
    assert (await now_is(loan), await listed()) == (LoanState.CANCELLED, [])


async def test_what_was_repaid_before_we_heard_of_it_is_found_by_asking(twin: Twin) -> None:
    customer, coupon_id = await borrower_with()
    await twin.decide_next("silent")
    loan = await apply(customer, coupon_id)
    await twin.change(loan, "repay_early")
    assert await settle_later() == 1
    await posted()
    assert (await now_is(loan), twin.standing()) == (LoanState.REPAID_EARLY, {coupon_id: 600})


async def test_an_undecided_loan_is_decided_by_notice(twin: Twin) -> None:
    customer, coupon_id = await borrower_with()
    await twin.decide_next("undecided", times=2)
    loan, other = await apply(customer, coupon_id), await apply(customer, key="k2")
    assert (await settle_later(), await state_of(coupon_id)) == (0, "occupied")
    await twin.change(loan, "disburse")
    await twin.change(other, "decline")
    assert [await twin.tell(loan), await twin.tell(other)] == [True, True]
    assert [await now_is(loan), await now_is(other)] == [LoanState.DISBURSED, LoanState.DECLINED]
    assert await state_of(coupon_id) == "used"


async def test_a_declined_loan_that_is_disbursed_after_all_takes_its_coupon_again(twin: Twin) -> None:
    customer, coupon_id = await borrower_with()
    await twin.decide_next("decline")
    loan = await apply(customer, coupon_id)
    await twin.change(loan, "disburse")
    assert await twin.tell(loan)
    await posted()
    assert (await state_of(coupon_id), twin.standing()) == ("used", {coupon_id: 18_000})
    assert await listed() == [("disbursed_after_release", "closed")]


async def test_a_loan_disbursed_after_its_coupon_was_used_elsewhere_is_listed_and_closed_with_a_reason(
    twin: Twin,
) -> None:
    customer, coupon_id = await borrower_with()
    await twin.decide_next("decline")
    loan = await apply(customer, coupon_id)
    await apply(customer, coupon_id, key="k2")
    await twin.change(loan, "disburse")
    await twin.tell(loan)
    await posted()
    [one] = await loans.discrepancies(CHECKER, state="open", before=None, limit=9)
    assert (one.kind, one.coupon_id, one.amount_fen, one.request_no) == (
        "disbursed_after_release",
        coupon_id,
        18_000,
        loan.request_no,
    )
    maker = OperatorIdentity(1, "maker", "经办", frozenset({Role.MAKER}), HEAD_OFFICE)
    branch = OperatorIdentity(3, "sh", "复核", frozenset({Role.CHECKER}), "SH")
    with pytest.raises(Forbidden):
        await loans.close_discrepancy(maker, one.id, "不行")
    with pytest.raises(NotFound):
        await loans.close_discrepancy(branch, one.id, "不归我")
    closed = await loans.close_discrepancy(CHECKER, one.id, "分行已与客户确认")
    assert (closed.state, closed.reason) == ("closed", "分行已与客户确认")
    with pytest.raises(Conflict):
        await loans.close_discrepancy(CHECKER, one.id, "再来")
    assert await reconciliation.reconcile() == []


async def test_an_invariant_tells_when_a_loan_has_lost_its_coupon_in_silence(twin: Twin) -> None:
    customer, coupon_id = await borrower_with()
    await twin.decide_next("decline")
    loan = await apply(customer, coupon_id)
    await apply(customer, coupon_id, key="k2")
    await twin.change(loan, "disburse")
    await twin.tell(loan)
    await db.execute("DELETE FROM loan_discrepancy")
    assert [one.invariant for one in await reconciliation.reconcile()] == ["loan.its_coupons_are_where_it_is"]
    await twin.change(loan, "cancel")
    await twin.tell(loan)


@pytest.mark.parametrize("later", [LoanState.CANCELLED, LoanState.DECLINED])
async def test_what_contradicts_is_listed_and_changes_nothing(twin: Twin, later: LoanState) -> None:
    customer, coupon_id = await borrower_with()
    loan = await apply(customer, coupon_id)
    await twin.change(loan, "repay_early")
    await twin.tell(loan)
    assert not await twin.tell(loan, later)
    assert not await twin.tell(loan, later)
    assert (await now_is(loan), await listed()) == (LoanState.REPAID_EARLY, [("told_otherwise", "open")])


async def test_more_than_was_booked_is_not_earned(twin: Twin) -> None:
    customer, coupon_id = await borrower_with()
    loan = await apply(customer, coupon_id)
    notice = Notice("N2", loan.request_no, LoanState.REPAID_EARLY, clock.now(), None, {str(coupon_id): 18_001, "0": 5})
    assert await loans.hear(notice)
    assert (await entries(), await listed()) == ([18_000], [("told_otherwise", "open")] * 2)


async def test_a_notice_of_a_loan_we_never_asked_for_is_refused(twin: Twin) -> None:
    with pytest.raises(NotFound):
        await loans.hear(Notice("N", "L-nobody", LoanState.CANCELLED, clock.now(), None, {}))


async def passed(hours: float) -> None:
    await db.execute("UPDATE loan SET created_at = created_at - make_interval(secs => $1)", hours * 3600)
    await db.execute("UPDATE loan_move SET moved_at = moved_at - make_interval(secs => $1)", hours * 3600)


async def test_what_the_core_does_not_know_at_the_deadline_is_over(twin: Twin) -> None:
    customer, coupon_id = await borrower_with()
    trial = await loans.trial(customer, TERMS, [coupon_id])
    await twin.fault("http_500", "/card-core/loans")
    loan = await loans.apply(customer, confirming(trial), "k1")
    await passed(0.6)
    assert await settle_later() == 1
    assert (await now_is(loan), await state_of(coupon_id)) == (LoanState.DECLINED, "unused")
    assert twin.loan(loan.request_no) is None


async def test_a_core_silent_for_a_day_keeps_no_coupon_and_the_loan_is_asked_about_further_on(twin: Twin) -> None:
    customer, coupon_id = await borrower_with()
    await twin.decide_next("silent")
    loan = await apply(customer, coupon_id)
    await passed(25)
    await twin.fault("http_500", "/card-core/loans", times=2)
    assert [await settle_later(), await settle_later()] == [0, 0]
    assert (await now_is(loan), await state_of(coupon_id)) == (LoanState.PROCESSING, "unused")
    assert await listed() == [("released_undecided", "open")]
    await told()
    assert await reconciliation.reconcile() == []
    assert await settle_later() == 1
    assert (await now_is(loan), await state_of(coupon_id)) == (LoanState.DISBURSED, "used")
    assert await listed() == [("released_undecided", "closed"), ("disbursed_after_release", "closed")]


async def test_a_core_that_still_thinks_keeps_the_coupon_occupied(twin: Twin) -> None:
    customer, coupon_id = await borrower_with()
    await twin.decide_next("undecided")
    loan = await apply(customer, coupon_id)
    await passed(25)
    assert (await settle_later(), await now_is(loan), await state_of(coupon_id)) == (0, "processing", "occupied")
    await twin.change(loan, "decline")
    assert await settle_later() == 1


async def test_a_coupon_that_expired_while_released_is_not_taken_again(twin: Twin) -> None:
    customer, coupon_id = await borrower_with()
    await twin.decide_next("decline")
    loan = await apply(customer, coupon_id)
    await coupons.expire(clock.now() + timedelta(days=60))
    await twin.change(loan, "disburse")
    await twin.tell(loan)
    assert (await state_of(coupon_id), await listed()) == ("expired", [("disbursed_after_release", "open")])


async def test_a_cancelled_first_loan_leaves_the_next_one_the_first(twin: Twin) -> None:
    customer, coupon_id = await borrower_with(use={"scope": "first_drawdown"})
    await publish_template("again", use={"scope": "first_drawdown"})
    other = await issue_one(customer, "again")
    loan = await apply(customer, coupon_id)
    assert [choice.reason for choice in await loans.coupons_for(customer, TERMS)] == ["仅限首次借款"]
    await twin.change(loan, "cancel")
    await twin.tell(loan)
    assert {choice.coupon.id: choice.reason for choice in await loans.coupons_for(customer, TERMS)} == {
        coupon_id: None,
        other: None,
    }
