"""By which interface a loan is asked for, which coupons fit it, and which fit together."""

from typing import Any

import msgspec
import pytest

from domain import customers, loans, reconciliation
from domain.campaigns import CAMPAIGNS
from domain.loan_products import LOAN_PRODUCTS, LoanProducts
from domain.loan_products.definition import BUILT_IN
from domain.loan_products.rules import Situation, faults_of, product_for
from kit import database
from kit.errors import Conflict, NotFound, RuleViolated
from tests.domain.coupons.stage import issue_one, new_customers, publish, publish_template
from tests.domain.loans.stage import TERMS, apply, confirming, state_of, told
from tests.domain.loans.twin import Twin

STACKABLE: dict[str, Any] = {"stacking": "stackable"}
PRODUCTS: dict[str, Any] = {
    "name": "产品",
    "asset_parties": [{"code": "card_centre", "name": "信用卡中心"}, {"code": "trust", "name": "某信托"}],
    "funding_parties": [{"code": "own", "name": "自有资金"}, {"code": "joint", "name": "联合出资"}],
    "products": [
        {"asset_party": "trust", "funding_party": "joint", "channels": ["wechat_mini"]},
        {"asset_party": "card_centre", "funding_party": "joint", "scopes": ["ordinary"], "credit_mode": "single"},
        {"asset_party": "card_centre", "funding_party": "own", "channels": ["bank_app"]},
    ],
}


def products(**changes: Any) -> LoanProducts:
    return msgspec.convert({**PRODUCTS, **changes}, LoanProducts)


@pytest.mark.parametrize(
    ("situation", "expected"),
    [
        (Situation("wechat_mini", "ordinary"), ("trust", "joint")),
        (Situation("bank_app", "ordinary"), ("card_centre", "joint")),
        (Situation("bank_app", "first_drawdown"), ("card_centre", "own")),
        (Situation("wechat_h5", "first_drawdown"), None),
    ],
)
def test_the_first_product_that_fits_is_the_one(situation: Situation, expected: tuple[str, str] | None) -> None:
    found = product_for(products(), situation)
    assert (found and (found.asset_party, found.funding_party)) == expected


def test_the_built_in_product_fits_everybody() -> None:
    assert faults_of(BUILT_IN) == []
    for channel in (None, "bank_app", "wechat_h5"):
        assert product_for(BUILT_IN, Situation(channel, "ordinary", "employee", "single")) is not None


@pytest.mark.parametrize(
    ("changes", "paths"),
    [
        (
            {"asset_parties": [{"code": "card_centre", "name": "A"}, {"code": "trust", "name": "B"}] * 2},
            ["asset_parties[2].code", "asset_parties[3].code"],
        ),
        (
            {"products": [{"asset_party": "trust", "funding_party": "nobody"}]},
            ["products[0].funding_party"],
        ),
        (
            {
                "products": [
                    {"asset_party": "trust", "funding_party": "own", "channels": ["bank_app", "wechat_h5"]},
                    {"asset_party": "trust", "funding_party": "own", "channels": ["bank_app"], "scopes": ["ordinary"]},
                ]
            },
            ["products[1]"],
        ),
    ],
)
def test_impossible_products_are_refused_by_path(changes: dict[str, Any], paths: list[str]) -> None:
    assert [fault.path for fault in faults_of(products(**changes))] == paths


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"products": [{"asset_party": "trust", "funding_party": "own", "channels": ["fax"]}]}, "channels"),
        ({"products": [{"asset_party": "trust", "funding_party": "own", "colour": "red"}]}, "colour"),
        ({"products": []}, "products"),
    ],
)
def test_unknown_words_are_refused_by_path(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=place):
        products(**changes)


@pytest.mark.usefixtures("database")
class TestWithTheCore:
    """With the twin and a database."""

    async def test_the_core_is_asked_by_the_interface_of_the_product(self, twin: Twin) -> None:
        await publish(LOAN_PRODUCTS, "default", PRODUCTS)
        customer = (await customers.ids_of(["C0000000006"]))["C0000000006"]
        first, second = await apply(customer), await apply(customer, key="k2")
        booked = [twin.loan(loan.request_no) for loan in (first, second)]
        interfaces = [msgspec.to_builtins(one.terms.interface) for one in booked if one]
        assert interfaces == [
            {
                "scope": scope,
                "asset_party": "card_centre",
                "funding_party": party,
                "channel": "bank_app",
                "customer_type": "business",
                "credit_mode": mode,
            }
            for scope, party, mode in (("first_drawdown", "own", "revolving"), ("ordinary", "joint", "single"))
        ]

    async def test_where_no_product_fits_nobody_borrows(self, twin: Twin) -> None:
        await publish(LOAN_PRODUCTS, "default", PRODUCTS)
        [customer] = await new_customers()
        elsewhere = msgspec.structs.replace(TERMS, channel="wechat_h5")
        for asked in (loans.trial(customer, elsewhere), loans.coupons_for(customer, elsewhere)):
            with pytest.raises(RuleViolated) as refused:
                await asked
            assert refused.value.code == "loan.no_product"

    async def test_other_codes_apply_to_nobody(self, twin: Twin) -> None:
        await publish(LOAN_PRODUCTS, "spring", PRODUCTS)
        [customer] = await new_customers()
        elsewhere = msgspec.structs.replace(TERMS, channel="wechat_h5")
        assert (await loans.trial(customer, elsewhere)).interest_fen == 120_195

    async def test_coupons_are_judged_by_the_interface_and_the_cores_profile(self, twin: Twin) -> None:
        await publish(LOAN_PRODUCTS, "default", PRODUCTS)
        rules: dict[str, dict[str, Any]] = {
            "trust": {"asset_parties": ["trust"]},
            "own": {"funding_parties": ["own"]},
            "business": {"customer_types": ["business"]},
            "single": {"credit_modes": ["single"]},
            "granted": {"scope": "credit_granted"},
        }
        customer = (await customers.ids_of(["C0000000006"]))["C0000000006"]
        for code, use in rules.items():
            await publish_template(code, use=use)
            await issue_one(customer, code)
        assert {one.coupon.template.code: one.reason for one in await loans.coupons_for(customer, TERMS)} == {
            "trust": "仅限资产方为某信托的借款",
            "own": None,
            "business": None,
            "single": "仅限单笔授信额度的借款",
            "granted": None,
        }

    async def test_whom_the_core_has_granted_nothing_uses_no_such_coupon(self, twin: Twin) -> None:
        await publish_template("granted", use={"scope": "credit_granted"})
        customer = (await customers.ids_of(["C0000000001"]))["C0000000001"]
        coupon_id = await issue_one(customer, "granted")
        with pytest.raises(RuleViolated) as refused:
            await loans.trial(customer, TERMS, [coupon_id])
        assert refused.value.code == "coupon.not_credit_granted"

    async def test_parties_nobody_knows_are_refused_by_path(self, twin: Twin) -> None:
        with pytest.raises(RuleViolated) as refused:
            await publish_template("odd", use={"asset_parties": ["card_centre", "mars"], "funding_parties": ["venus"]})
        assert [fault.path for fault in refused.value.faults] == ["use.asset_parties[1]", "use.funding_parties[0]"]

    async def test_of_a_campaign_only_the_first_loan_is_helped(self, twin: Twin) -> None:
        [customer] = await new_customers()
        for campaign in ("autumn", "spring"):
            await publish(CAMPAIGNS, campaign, {"name": campaign, "type": "use", "rules": "活动规则"})
            await publish_template(campaign, campaign=campaign, per_person=None, use={"scope": "first_in_campaign"})
        first, again, other = [await issue_one(customer, code) for code in ("autumn", "autumn", "spring")]
        await apply(customer, key="without a coupon")
        await apply(customer, first, key="k1")
        reasons = {choice.coupon.id: choice.reason for choice in await loans.coupons_for(customer, TERMS)}
        assert reasons == {again: "仅限活动期间首次用券借款", other: None}

    async def test_several_stackable_coupons_each_take_off_their_part_and_have_their_entry(self, twin: Twin) -> None:
        [customer] = await new_customers()
        await publish_template("free", value={"days": 7}, use=STACKABLE)
        discount = {"rate_off": "0.20", "periods": 3}
        await publish_template("off", kind="interest_discount", value=discount, use=STACKABLE)
        await publish_template("pay", kind="repayment", value={"amount_fen": 20_000}, use=STACKABLE)
        owned = [await issue_one(customer, code) for code in ("pay", "free", "off")]
        trial = await loans.trial(customer, TERMS, owned)
        taken = {one.coupon_id: one.reduction_fen for one in trial.coupons}
        assert taken == dict(zip(owned, (20_000, 0, 6_367), strict=True))
        assert trial.reduction_fen == sum(line.reduction_fen for line in trial.plan) == 26_367
        loan = await apply(customer, *owned)
        await told()
        while await loans.post_entries():
            pass
        assert [await state_of(one) for one in owned] == ["used"] * 3
        assert (twin.standing(), loan.coupon_ids) == (taken, owned)
        await twin.change(loan, "cancel")
        await twin.tell(loan)
        while await loans.post_entries():
            pass
        assert ([await state_of(one) for one in owned], twin.standing()) == (["unused"] * 3, {})
        assert await reconciliation.reconcile() == []

    async def test_an_exclusive_coupon_stands_alone(self, twin: Twin) -> None:
        [customer] = await new_customers()
        await publish_template("alone", name="独用券")
        await publish_template("free", per_person=None, use=STACKABLE)
        alone, free, more = [await issue_one(customer, code) for code in ("alone", "free", "free")]
        with pytest.raises(RuleViolated) as refused:
            await loans.trial(customer, TERMS, [free, alone])
        assert (refused.value.code, refused.value.message) == (
            "coupon.not_stackable",
            "独用券不可与其他优惠券同时使用",
        )
        both = confirming(await loans.trial(customer, TERMS, [free, more]))
        with pytest.raises(RuleViolated):
            await loans.apply(customer, msgspec.structs.replace(both, coupon_ids=[free, alone]), "k1")
        assert await database.fetchval("SELECT count(*) FROM loan") == 0
        assert (await loans.trial(customer, TERMS, [alone])).reduction_fen > 0

    async def test_of_several_coupons_one_that_is_gone_refuses_all(self, twin: Twin) -> None:
        [customer, stranger] = await new_customers(2)
        await publish_template("free", per_person=None, use=STACKABLE)
        mine, used, foreign = (
            await issue_one(customer, "free"),
            await issue_one(customer, "free"),
            await issue_one(stranger, "free"),
        )
        await apply(customer, used, key="k1")
        for other, error in ((used, Conflict), (foreign, NotFound), (10**15, NotFound)):
            with pytest.raises(error):
                await loans.trial(customer, TERMS, [mine, other])

    async def test_what_was_confirmed_can_be_shown_later_word_by_word(self, twin: Twin) -> None:
        [customer, stranger] = await new_customers(2)
        trial = await loans.trial(customer, TERMS)
        loan = await loans.apply(customer, confirming(trial, cost_table_seconds=17), "k1")
        kept = await loans.confirmation(customer, loan.id)
        assert (kept.table, kept.seconds, kept.confirmed_at) == (trial.cost_table, 17, loan.created_at)
        with pytest.raises(NotFound):
            await loans.confirmation(stranger, loan.id)
        await database.execute("UPDATE loan SET cost_table = NULL")
        with pytest.raises(NotFound) as old:
            await loans.confirmation(customer, loan.id)
        assert old.value.code == "loan.cost_table_not_kept"
