"""A coupon in a loan: occupied, then redeemed or released by what the core really decided."""

import asyncio
import sys

import msgspec
import pytest

from domain import loans
from domain.loans import LoanState
from domain.loans.ask import Outcome
from domain.loans.conclude import conclude
from domain.loans.trial import Tried
from kit import database
from kit.errors import Conflict, NotFound, RuleViolated, Unavailable
from tests.domain.coupons.stage import broken, issue_one, new_customers
from tests.domain.loans.stage import TERMS, apply, borrower_with, confirming, settle_later, state_of, told
from tests.domain.loans.twin import Twin

pytestmark = pytest.mark.usefixtures("database")
APPLY = "/card-core/loans"


async def test_a_disbursed_loan_uses_the_coupon_and_books_what_was_taken_off(twin: Twin) -> None:
    customer, coupon_id = await borrower_with()
    loan = await apply(customer, coupon_id)
    assert (loan.state, await state_of(coupon_id)) == (LoanState.DISBURSED, "used")
    await told()
    assert await loans.post_entries() == 1
    entry = await database.fetchrow("SELECT * FROM accounting_entry")
    assert entry is not None
    assert (entry["coupon_id"], entry["loan_id"], entry["amount_fen"]) == (coupon_id, loan.id, 18_000)
    booked = twin.entry(entry["request_no"])
    assert booked is not None
    assert booked.amount_fen == 18_000
    assert [line.reduction_fen for line in await loans.plan(customer, loan.id)] == [18_000] + [0] * 11
    assert await broken() == {}


async def test_a_declined_loan_gives_the_coupon_back_at_once(twin: Twin) -> None:
    customer, coupon_id = await borrower_with()
    await twin.decide_next("decline")
    loan = await apply(customer, coupon_id)
    assert (loan.state, loan.reason, await state_of(coupon_id)) == (LoanState.DECLINED, "综合评分不足", "unused")
    with pytest.raises(Conflict) as refused:
        await loans.plan(customer, loan.id)
    assert refused.value.code == "loan.not_disbursed"
    again = await apply(customer, coupon_id, key="k2")
    assert again.state == LoanState.DISBURSED
    assert await broken() == {}


async def test_a_loan_without_a_coupon_books_nothing(twin: Twin) -> None:
    [customer] = await new_customers()
    loan = await apply(customer)
    await told()
    assert (loan.state, await loans.post_entries()) == (LoanState.DISBURSED, 0)
    assert (await loans.read(customer, loan.id)).coupons == []


async def test_a_silent_core_is_asked_again_by_the_same_number(twin: Twin) -> None:
    customer, coupon_id = await borrower_with()
    await twin.decide_next("silent")
    loan = await apply(customer, coupon_id)
    assert (loan.state, await state_of(coupon_id)) == (LoanState.PROCESSING, "occupied")
    assert await settle_later() == 1
    assert ((await loans.read(customer, loan.id)).state, await state_of(coupon_id)) == (LoanState.DISBURSED, "used")
    assert len(await twin.calls("POST", APPLY)) == 1
    assert len(await twin.calls("GET", f"{APPLY}/{loan.request_no}")) == 1
    assert await broken() == {}


@pytest.mark.parametrize("fault", ["timeout", "http_503", "connection_reset", "html", "garbage"])
@pytest.mark.parametrize("moment", ["", "_after_work"])
async def test_however_the_answer_is_lost_there_is_one_loan(twin: Twin, fault: str, moment: str) -> None:
    customer, coupon_id = await borrower_with()
    trial = await loans.trial(customer, TERMS, [coupon_id])
    await twin.fault(fault + moment, APPLY)
    loan = await loans.apply(customer, confirming(trial), "k1")
    assert (loan.state, await state_of(coupon_id)) == (LoanState.PROCESSING, "occupied")
    assert await settle_later() == 1
    assert (await loans.read(customer, loan.id)).state == LoanState.DISBURSED
    asked = await twin.calls("POST", APPLY)
    assert {call["request_no"] for call in asked} == {loan.request_no}
    assert len(asked) == (1 if moment else 2)
    assert await broken() == {}


async def test_a_decline_that_was_not_heard_releases_the_coupon(twin: Twin) -> None:
    customer, coupon_id = await borrower_with()
    trial = await loans.trial(customer, TERMS, [coupon_id])
    await twin.decide_next("decline")
    await twin.fault("timeout_after_work", APPLY)
    loan = await loans.apply(customer, confirming(trial), "k1")
    assert loan.state == LoanState.PROCESSING
    assert await settle_later() == 1
    assert ((await loans.read(customer, loan.id)).state, await state_of(coupon_id)) == (LoanState.DECLINED, "unused")


async def test_nothing_is_assumed_while_the_core_stays_silent(twin: Twin) -> None:
    customer, coupon_id = await borrower_with()
    await twin.decide_next("silent")
    loan = await apply(customer, coupon_id)
    await twin.fault("http_500", APPLY, times=3)
    for _ in range(3):
        assert await settle_later() == 0
        assert await state_of(coupon_id) == "occupied"
    assert await settle_later() == 1
    assert (await loans.read(customer, loan.id)).state == LoanState.DISBURSED


async def test_a_loan_is_decided_only_when_its_reduction_is_known(twin: Twin) -> None:
    customer, coupon_id = await borrower_with()
    await twin.fault("http_500", "/plan")
    loan = await apply(customer, coupon_id)
    assert (loan.state, await state_of(coupon_id)) == (LoanState.PROCESSING, "occupied")
    assert await settle_later() == 1
    await told()
    assert await database.fetchval("SELECT amount_fen FROM accounting_entry") == 18_000


async def test_the_job_leaves_the_core_some_time_to_answer(twin: Twin) -> None:
    customer, coupon_id = await borrower_with()
    await twin.decide_next("silent")
    loan = await apply(customer, coupon_id)
    asked_at = await database.fetchval("SELECT asked_at FROM loan")
    assert await loans.settle(asked_at) == 0
    assert await twin.calls("GET", f"{APPLY}/{loan.request_no}") == []


async def test_many_that_settle_at_once_decide_a_loan_once(twin: Twin) -> None:
    customer, coupon_id = await borrower_with()
    await twin.decide_next("silent")
    loan = await apply(customer, coupon_id)

    async def ask_at_once() -> int:
        await database.execute("UPDATE loan SET asked_at = asked_at - interval '1 minute'")
        return await settle_later()

    await asyncio.gather(*(ask_at_once() for _ in range(8)))
    assert (await loans.read(customer, loan.id)).state == LoanState.DISBURSED
    assert await database.fetchval("SELECT count(*) FROM coupon_move WHERE after = 'used'") == 1
    assert await database.fetchval("SELECT count(*) FROM outbox WHERE fact = 'CouponUsed'") == 1
    assert await broken() == {}


async def test_a_decision_that_comes_late_changes_nothing(twin: Twin) -> None:
    customer, coupon_id = await borrower_with()
    loan = await apply(customer, coupon_id)
    late = await conclude(loan, Outcome(LoanState.DECLINED, "晚到的答复"))
    assert (late.state, late.reason, await state_of(coupon_id)) == (LoanState.DISBURSED, None, "used")
    assert await broken() == {}


async def test_the_same_key_is_the_same_loan(twin: Twin) -> None:
    customer, coupon_id = await borrower_with()
    trial = await loans.trial(customer, TERMS, [coupon_id])
    application = confirming(trial)
    first = await loans.apply(customer, application, "k1")
    assert await loans.apply(customer, application, "k1") == first
    assert len(await twin.calls("POST", APPLY)) == 1


async def test_the_same_key_with_other_content_is_refused(twin: Twin) -> None:
    customer, coupon_id = await borrower_with()
    trial = await loans.trial(customer, TERMS, [coupon_id])
    await loans.apply(customer, confirming(trial), "k1")
    with pytest.raises(Conflict) as refused:
        await loans.apply(customer, confirming(trial, coupon_ids=[]), "k1")
    assert refused.value.code == "idempotency.key_reused"


async def test_a_key_belongs_to_its_customer(twin: Twin) -> None:
    first, second = await new_customers(2)
    assert (await apply(first)).id != (await apply(second)).id


async def test_one_application_sent_often_at_once_is_one_loan(twin: Twin) -> None:
    customer, coupon_id = await borrower_with()
    application = confirming(await loans.trial(customer, TERMS, [coupon_id]))
    sent = await asyncio.gather(*(loans.apply(customer, application, "k1") for _ in range(8)), return_exceptions=True)
    same = {loan.id for loan in sent if isinstance(loan, loans.Loan)}
    assert len(same) == 1
    assert [error for error in sent if isinstance(error, BaseException)] == []
    assert len(await twin.calls("POST", APPLY)) == 1
    assert await broken() == {}


async def test_a_repeat_that_finds_its_coupon_taken_by_the_first_is_still_the_same_loan(
    twin: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer, coupon_id = await borrower_with()
    application = confirming(await loans.trial(customer, TERMS, [coupon_id]))
    module = sys.modules["domain.loans.apply"]
    check, first = module._check, []

    async def overtaken(customer_id: int, application: loans.Application) -> Tried:
        monkeypatch.undo()
        first.append(await loans.apply(customer_id, application, "k1"))
        return await check(customer_id, application)

    monkeypatch.setattr(module, "_check", overtaken)
    assert [await loans.apply(customer, application, "k1")] == first


async def test_of_two_loans_that_want_the_same_coupon_one_gets_it(twin: Twin) -> None:
    customer, coupon_id = await borrower_with()
    application = confirming(await loans.trial(customer, TERMS, [coupon_id]))
    outcomes = await asyncio.gather(
        *(loans.apply(customer, application, f"k{number}") for number in range(6)), return_exceptions=True
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, Conflict)]
    assert (len(refused), {conflict.code for conflict in refused}) == (5, {"coupon.not_unused"})
    assert await database.fetchval("SELECT count(*) FROM loan") == 1
    assert await broken() == {}


async def test_of_two_first_drawdowns_at_once_one_is_the_first(twin: Twin) -> None:
    customer, first = await borrower_with(use={"scope": "first_drawdown"})
    second = await issue_one(customer, "free")
    wanted = [confirming(await loans.trial(customer, TERMS, [coupon_id])) for coupon_id in (first, second)]
    outcomes = await asyncio.gather(
        *(loans.apply(customer, one, f"k{one.coupon_ids}") for one in wanted), return_exceptions=True
    )
    assert [error.code for error in outcomes if isinstance(error, RuleViolated)] == ["coupon.not_first_drawdown"]
    assert await database.fetchval("SELECT count(*) FROM loan") == 1


async def test_the_cost_table_must_be_the_one_of_this_loan_and_read(twin: Twin) -> None:
    customer, coupon_id = await borrower_with()
    trial = await loans.trial(customer, TERMS, [coupon_id])
    confirmed = confirming(trial)
    for unread in (
        msgspec.structs.replace(confirmed, cost_table_seconds=trial.cost_table.reading_seconds - 1),
        msgspec.structs.replace(confirmed, cost_table_version="another"),
        msgspec.structs.replace(confirmed, coupon_ids=[]),
    ):
        with pytest.raises(RuleViolated) as refused:
            await loans.apply(customer, unread, "k1")
        assert refused.value.code == "loan.cost_table_not_confirmed"
    assert await database.fetchval("SELECT count(*) FROM loan") == 0
    assert (await loans.apply(customer, confirmed, "k1")).state == LoanState.DISBURSED
    kept = await database.fetchrow("SELECT cost_table_version, cost_table_seconds FROM loan")
    assert tuple(kept or ()) == (trial.cost_table.version, trial.cost_table.reading_seconds)


async def test_when_the_core_cannot_be_asked_nothing_has_happened(twin: Twin) -> None:
    customer, coupon_id = await borrower_with()
    trial = await loans.trial(customer, TERMS, [coupon_id])
    await twin.fault("http_500", "/loan-trials", times=2)
    with pytest.raises(Unavailable):
        await loans.apply(customer, confirming(trial), "k1")
    assert (await database.fetchval("SELECT count(*) FROM loan"), await state_of(coupon_id)) == (0, "unused")


async def test_a_loan_is_there_for_its_borrower_only(twin: Twin) -> None:
    first, second = await new_customers(2)
    loan = await apply(first)
    with pytest.raises(NotFound):
        await loans.read(second, loan.id)
    with pytest.raises(NotFound):
        await loans.plan(second, loan.id)
