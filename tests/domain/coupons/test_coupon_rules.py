"""Why a coupon fits a loan or does not, what its rules say, and which templates are impossible. No database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from domain.coupons import TEMPLATES, Coupon, CouponState, CouponTemplate, Template, Use, use_rules, why_unusable
from domain.coupons.rules import validity_of, why_not_together
from kit.errors import RuleViolated
from tests.domain.coupons.stage import document

NOW = datetime(2026, 11, 1, 4, tzinfo=UTC)
LOAN = Use(amount_fen=1_200_000, periods=12, method="equal_instalment", channel="bank_app")


def definition(**changes: Any) -> CouponTemplate:
    return msgspec.convert(document(**changes), CouponTemplate)


def template(**changes: Any) -> Template:
    return Template("free7", 1, definition(**changes))


def coupon(of: Template, **changes: Any) -> Coupon:
    given: dict[str, Any] = {
        "id": 1,
        "customer_id": 1,
        "template": of,
        "state": CouponState.UNUSED,
        "valid_from": NOW - timedelta(days=1),
        "valid_until": NOW + timedelta(days=1),
        "issued_at": NOW - timedelta(days=1),
        "loan_id": None,
        "occupied_until": None,
        **changes,
    }
    return Coupon(**given)


def refusal(of: Template, use: Use = LOAN, **changes: Any) -> tuple[str, str] | None:
    return why_unusable(of, coupon(of, **changes), use, NOW)


def test_a_coupon_fits_a_loan_that_meets_every_rule() -> None:
    strict = {
        "channels": ["bank_app"],
        "scope": "first_drawdown",
        "min_loan_fen": 1_200_000,
        "max_loan_fen": 1_200_000,
        "periods": [6, 12],
        "methods": ["equal_instalment"],
    }
    assert refusal(template(use=strict)) is None


@pytest.mark.parametrize(
    ("use", "changed", "expected"),
    [
        ({"min_loan_fen": 1_200_100}, {}, ("coupon.below_min_loan", "借款满12,001元可用")),
        ({"max_loan_fen": 1_000_000}, {}, ("coupon.above_max_loan", "借款不超过10,000元可用")),
        ({"periods": [6, 3]}, {}, ("coupon.wrong_periods", "仅限3、6期借款")),
        ({"methods": ["interest_first"]}, {}, ("coupon.wrong_method", "仅限先息后本还款方式")),
        ({"channels": ["wechat_mini"]}, {}, ("coupon.wrong_channel", "仅限在微信小程序使用")),
        ({"scope": "first_drawdown"}, {"first_drawdown": False}, ("coupon.not_first_drawdown", "仅限首次借款")),
        ({"scope": "ordinary"}, {}, ("coupon.not_ordinary", "仅限非首次借款")),
        ({"scope": "credit_granted"}, {}, ("coupon.not_credit_granted", "仅限已授信客户借款")),
        (
            {"scope": "first_in_campaign"},
            {"campaigns": frozenset({"autumn"})},
            ("coupon.not_first_in_campaign", "仅限活动期间首次用券借款"),
        ),
        ({"asset_parties": ["bank"]}, {}, ("coupon.wrong_asset_party", "仅限资产方为bank的借款")),
        (
            {"funding_parties": ["own", "joint"]},
            {"funding_party": "x", "party_names": {"own": "自有资金"}},
            ("coupon.wrong_funding_party", "仅限资金方为自有资金、joint的借款"),
        ),
        (
            {"customer_types": ["payroll", "business"]},
            {"customer_type": "individual"},
            ("coupon.wrong_customer_type", "仅限代发工资客户、小微企业主使用"),
        ),
        ({"credit_modes": ["revolving"]}, {}, ("coupon.wrong_credit_mode", "仅限循环授信额度的借款")),
    ],
)
def test_a_loan_against_a_rule_is_told_which(
    use: dict[str, Any], changed: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert refusal(template(use=use, campaign="autumn"), msgspec.structs.replace(LOAN, **changed)) == expected


def test_what_is_asked_for_fits() -> None:
    wanted = {
        "scope": "ordinary",
        "asset_parties": ["card_centre"],
        "funding_parties": ["own"],
        "customer_types": ["payroll"],
        "credit_modes": ["single", "revolving"],
    }
    fits = Use(
        *(1_200_000, 12, "equal_instalment"),
        first_drawdown=False,
        asset_party="card_centre",
        funding_party="own",
        customer_type="payroll",
        credit_mode="revolving",
    )
    assert refusal(template(use=wanted), fits) is None
    for scope in ("first_in_campaign", "credit_granted"):
        granted = msgspec.structs.replace(fits, credit_granted=True, campaigns=frozenset({"spring"}))
        assert refusal(template(use={"scope": scope}, campaign="autumn"), granted) is None


def test_an_exclusive_coupon_stands_alone() -> None:
    alone, stackable = template(), template(use={"stacking": "stackable"})
    assert why_not_together([stackable, stackable, stackable]) is None
    assert why_not_together([alone]) is None
    assert why_not_together([stackable, alone]) == ("coupon.not_stackable", "7天免息券不可与其他优惠券同时使用")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"state": CouponState.OCCUPIED}, ("coupon.not_unused", "该券正在使用中")),
        ({"state": CouponState.USED}, ("coupon.not_unused", "该券已使用")),
        ({"valid_until": NOW}, ("coupon.expired", "该券已过期")),
        ({"valid_from": NOW + timedelta(hours=20)}, ("coupon.not_yet_valid", "2026年11月2日起可用")),
        ({"valid_from": NOW}, None),
    ],
)
def test_state_and_validity_come_before_the_rules(changes: dict[str, Any], expected: tuple[str, str] | None) -> None:
    assert refusal(template(), **changes) == expected


@pytest.mark.parametrize(
    ("kind", "value"),
    [("red_packet", {"amount_fen": 500}), ("phone_credit", {"amount_fen": 500}), ("points", {"points": 500})],
)
def test_other_kinds_are_not_for_loans(kind: str, value: dict[str, Any]) -> None:
    assert refusal(template(kind=kind, value=value)) == ("coupon.not_for_loans", "该券不能用于借款")


def test_a_channel_does_not_matter_where_none_is_known() -> None:
    bound_to_one = template(use={"channels": ["wechat_mini"]})
    assert refusal(bound_to_one, msgspec.structs.replace(LOAN, channel=None)) is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["免除借款前7天利息", "满1,000元借款可用", "与其他优惠不可叠加"]),
        (
            {
                "kind": "interest_discount",
                "value": {"rate_off": "0.20", "periods": 3, "cap_fen": 5000},
                "use": {"max_loan_fen": 5_000_000, "periods": [12, 6], "stacking": "stackable"},
            },
            ["前3期利息减免20%，最高减50元", "单笔借款不超过50,000元可用", "限6、12期借款使用", "可与其他优惠叠加使用"],
        ),
        (
            {
                "kind": "repayment",
                "value": {"amount_fen": 1050},
                "use": {
                    "methods": ["equal_principal", "interest_first"],
                    "channels": ["bank_app"],
                    "scope": "first_drawdown",
                },
            },
            [
                "抵扣借款利息最高10.50元",
                "限等额本金、先息后本还款方式使用",
                "限在手机银行使用",
                "限首次借款使用",
                "与其他优惠不可叠加",
            ],
        ),
        (
            {
                "use": {
                    "scope": "ordinary",
                    "customer_types": ["payroll"],
                    "credit_modes": ["revolving"],
                    "asset_parties": ["card_centre"],
                    "stacking": "stackable",
                    "cancelled": "forfeit",
                },
            },
            [
                "免除借款前7天利息",
                "限非首次借款使用",
                "限代发工资客户使用",
                "限循环授信额度使用",
                "限信用卡中心提供的借款使用",
                "可与其他优惠叠加使用",
                "借款撤销后不予退回",
            ],
        ),
        ({"kind": "red_packet", "value": {"amount_fen": 500}}, ["现金红包5元", "不可用于借款"]),
        ({"kind": "phone_credit", "value": {"amount_fen": 1000}}, ["话费10元", "不可用于借款"]),
        ({"kind": "points", "value": {"points": 5000}}, ["积分5,000分", "不可用于借款"]),
        ({"kind": "points", "value": {"amount_fen": 5000}}, ["积分5,000分", "不可用于借款"]),
    ],
)
def test_the_rules_of_use_are_told_in_sentences(changes: dict[str, Any], expected: list[str]) -> None:
    assert use_rules(template(**changes)) == expected


def test_dynamic_validity_begins_days_after_the_issue_and_lasts_days() -> None:
    later = definition(validity={"mode": "dynamic", "effective_after_days": 3, "days": 7})
    assert validity_of(later, NOW) == (NOW + timedelta(days=3), NOW + timedelta(days=10))


async def faults(**changes: Any) -> list[str]:
    try:
        await TEMPLATES.check("free7", definition(**changes))
    except RuleViolated as refused:
        return [fault.path for fault in refused.faults]
    return []


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("interest_free_days", {"days": 7}),
        ("interest_discount", {"rate_off": "0.20", "periods": 3}),
        ("interest_discount", {"rate_off": "1", "periods": 3, "cap_fen": 10000}),
        ("repayment", {"amount_fen": 500}),
        ("red_packet", {"amount_fen": 500}),
        ("phone_credit", {"amount_fen": 500}),
        ("points", {"amount_fen": 500}),
        ("points", {"points": 500}),
    ],
)
async def test_every_kind_has_its_value(kind: str, value: dict[str, Any]) -> None:
    assert await faults(kind=kind, value=value) == []
    assert template(kind=kind, value=value).plain_value == value


@pytest.mark.parametrize(
    ("changes", "paths"),
    [
        ({"value": {}}, ["value.days"]),
        ({"value": {"days": 7, "amount_fen": 1}}, ["value.amount_fen"]),
        ({"kind": "interest_discount", "value": {"periods": 3, "days": 7}}, ["value.rate_off", "value.days"]),
        ({"kind": "interest_discount", "value": {"rate_off": "0.00", "periods": 3}}, ["value.rate_off"]),
        ({"kind": "points", "value": {"points": 1, "amount_fen": 1}}, ["value.points"]),
        ({"kind": "repayment", "value": {"points": 1}}, ["value.amount_fen", "value.points"]),
        ({"issue": {"from": "2026-11-02T00:00:00Z", "until": "2026-11-01T00:00:00Z"}}, ["issue.until"]),
        (
            {"validity": {"mode": "fixed", "from": "2026-11-01T00:00:00Z", "until": "2026-11-01T00:00:00Z"}},
            ["validity.until"],
        ),
        ({"use": {"scope": "first_in_campaign"}}, ["campaign"]),
        (
            {"use": {"customer_types": ["payroll"] * 2, "credit_modes": ["single"] * 2}},
            ["use.customer_types", "use.credit_modes"],
        ),
        ({"use": {"periods": [3, 3], "min_loan_fen": 2, "max_loan_fen": 1}}, ["use.periods", "use.max_loan_fen"]),
    ],
)
async def test_an_impossible_template_is_refused_with_the_place(changes: dict[str, Any], paths: list[str]) -> None:
    assert await faults(**changes) == paths


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"value": {"days": "7"}}, "`$.value.days`"),
        ({"value": {"days": 0}}, "`$.value.days`"),
        ({"kind": "interest_discount", "value": {"rate_off": "1.2", "periods": 3}}, "`$.value.rate_off`"),
        ({"validity": {"mode": "dynamic", "days": 0}}, "`$.validity.days`"),
        ({"validity": {"mode": "sometimes", "days": 3}}, "`$.validity.mode`"),
        ({"validity": {"mode": "fixed", "from": "2026-11-01T00:00:00", "until": "x"}}, "`$.validity.from`"),
        ({"use": {"methods": ["never"]}}, "`$.use.methods[0]`"),
        ({"use": {"scope": "second"}}, "`$.use.scope`"),
        ({"use": {"customer_types": ["payroll", "king"]}}, "`$.use.customer_types[1]`"),
        ({"use": {"credit_modes": ["gold"]}}, "`$.use.credit_modes[0]`"),
        ({"use": {"cancelled": "keep"}}, "`$.use.cancelled`"),
        ({"use": {"colour": "red"}}, "unknown field `colour` - at `$.use`"),
        ({"gift": True}, "unknown field `gift`"),
        ({"stock": 0}, "`$.stock`"),
        ({"per_person": 0}, "`$.per_person`"),
    ],
)
def test_a_malformed_template_is_refused_with_the_place(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        definition(**changes)
    assert place in str(refused.value)


def test_a_template_survives_being_stored() -> None:
    written = definition(issue={"from": "2026-11-01T00:00:00+08:00", "until": None, "centre": True}, campaign="autumn")
    stored = msgspec.json.decode(msgspec.json.encode(written))
    assert msgspec.convert(stored, CouponTemplate) == written
