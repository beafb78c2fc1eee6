"""What a loan would cost, by the core's own arithmetic, and which coupons fit."""

import msgspec
import pytest

from domain import loans
from domain.loans import Terms
from kit import database
from kit.errors import Conflict, Forbidden, NotFound, RuleViolated, Unavailable
from tests.domain.coupons.stage import issue_one, new_customers, publish_template
from tests.domain.loans.stage import TERMS, apply, borrower_with
from tests.domain.loans.twin import Twin

pytestmark = pytest.mark.usefixtures("database")


async def test_without_a_coupon_both_rates_are_the_same(twin: Twin) -> None:
    [customer] = await new_customers()
    trial = await loans.trial(customer, TERMS)
    assert (trial.interest_fen, trial.reduction_fen) == (120_195, 0)
    assert (trial.apr_before, trial.apr_after) == ("18.00", "18.00")
    assert [line.total_fen for line in trial.plan] == [110_016] * 11 + [110_019]
    assert len(await twin.calls("POST", "/card-core/loan-trials")) == 1


async def test_a_period_free_of_interest_lowers_the_rate(twin: Twin) -> None:
    customer, coupon_id = await borrower_with(days=30)
    trial = await loans.trial(customer, TERMS, [coupon_id])
    assert (trial.interest_fen, trial.reduction_fen) == (120_195, 18_000)
    assert (trial.apr_before, trial.apr_after) == ("18.00", "15.18")
    assert (trial.plan[0].reduction_fen, trial.plan[0].total_fen) == (18_000, 92_016)


async def test_a_discount_is_taken_off_the_first_periods_up_to_its_cap(twin: Twin) -> None:
    value = {"rate_off": "0.20", "periods": 3}
    await publish_template("discount", per_person=None, kind="interest_discount", value=value)
    await publish_template("capped", per_person=None, kind="interest_discount", value={**value, "cap_fen": 5_000})
    [customer] = await new_customers()
    reductions = [
        (await loans.trial(customer, TERMS, [await issue_one(customer, code)])).reduction_fen
        for code in ("discount", "capped")
    ]
    assert reductions == [9_967, 5_000]


async def test_nothing_is_occupied_by_trying(twin: Twin) -> None:
    customer, coupon_id = await borrower_with()
    await loans.trial(customer, TERMS, [coupon_id])
    assert await database.fetchval("SELECT state FROM coupon WHERE id = $1", coupon_id) == "unused"
    assert await database.fetchval("SELECT count(*) FROM loan") == 0


async def test_a_coupon_that_does_not_fit_is_refused_with_the_reason(twin: Twin) -> None:
    customer, coupon_id = await borrower_with(use={"periods": [3]})
    with pytest.raises(RuleViolated) as refused:
        await loans.trial(customer, TERMS, [coupon_id])
    assert (refused.value.code, refused.value.message) == ("coupon.wrong_periods", "仅限3期借款")


async def test_somebody_elses_coupon_is_not_there(twin: Twin) -> None:
    _, coupon_id = await borrower_with()
    [stranger] = await new_customers()
    with pytest.raises(NotFound):
        await loans.trial(stranger, TERMS, [coupon_id])


async def test_a_visitor_has_to_bind_a_card_first(twin: Twin) -> None:
    visitor = await database.fetchval(
        "INSERT INTO customer (name, stage, created_at) VALUES ('', 'base', now()) RETURNING id"
    )
    with pytest.raises(Forbidden) as refused:
        await loans.trial(visitor, TERMS)
    assert refused.value.code == "customer.not_bound"


@pytest.mark.parametrize("fault", ["timeout", "http_500", "html", "connection_reset"])
async def test_a_silent_core_is_unavailable(twin: Twin, fault: str) -> None:
    customer, coupon_id = await borrower_with()
    await twin.fault(fault, "/loan-trials")
    with pytest.raises(Unavailable) as refused:
        await loans.trial(customer, TERMS, [coupon_id])
    assert refused.value.code == "card_core.no_answer"


async def test_what_the_core_refuses_is_told_in_the_customers_words(twin: Twin) -> None:
    [customer] = await new_customers()
    with pytest.raises(RuleViolated) as refused:
        await loans.trial(customer, msgspec.structs.replace(TERMS, amount_fen=1))
    assert (refused.value.code, refused.value.message) == ("loan.refused", "借款金额不在可借范围内")


async def test_usable_coupons_come_first_and_the_others_say_why(twin: Twin) -> None:
    customer, fits = await borrower_with()
    await publish_template("large", use={"min_loan_fen": 5_000_000})
    await publish_template("packet", kind="red_packet", value={"amount_fen": 500})
    await publish_template("soon", validity={"mode": "dynamic", "effective_after_days": 0, "days": 1})
    large, packet, soon = [await issue_one(customer, code) for code in ("large", "packet", "soon")]
    choices = await loans.coupons_for(customer, TERMS)
    assert [(choice.coupon.id, choice.reason) for choice in choices] == [
        (soon, None),
        (fits, None),
        (large, "借款满50,000元可用"),
        (packet, "该券不能用于借款"),
    ]


async def test_a_coupon_in_use_says_so(twin: Twin) -> None:
    customer, coupon_id = await borrower_with()
    await twin.decide_next("silent")
    await apply(customer, coupon_id)
    [choice] = await loans.coupons_for(customer, TERMS)
    assert choice.reason == "该券正在使用中"
    with pytest.raises(Conflict) as refused:
        await loans.trial(customer, TERMS, [coupon_id])
    assert refused.value.code == "coupon.not_unused"


async def test_a_first_drawdown_coupon_is_for_the_first_loan_only(twin: Twin) -> None:
    customer, coupon_id = await borrower_with(use={"scope": "first_drawdown"})
    assert [choice.reason for choice in await loans.coupons_for(customer, TERMS)] == [None]
    await apply(customer)
    assert [choice.reason for choice in await loans.coupons_for(customer, TERMS)] == ["仅限首次借款"]
    with pytest.raises(RuleViolated):
        await loans.trial(customer, TERMS, [coupon_id])


async def test_a_coupon_of_one_channel_is_refused_in_another(twin: Twin) -> None:
    customer, coupon_id = await borrower_with(use={"channels": ["wechat_mini"]})
    with pytest.raises(RuleViolated) as refused:
        await loans.trial(customer, TERMS, [coupon_id])
    assert refused.value.code == "coupon.wrong_channel"
    there = Terms(TERMS.amount_fen, TERMS.periods, TERMS.method, "wechat_mini")
    assert (await loans.trial(customer, there, [coupon_id])).reduction_fen == 18_000
