"""What a customer reads is made from the condition itself."""

import pytest

from tests.domain.tasks.making import Condition, compiled, cumulative, special, status

FUEL = {"mcc": {"in": ["5541", "5542"]}}
DATES = {"from": "2026-11-01T00:00:00+08:00", "until": "2026-11-30T16:00:00+00:00"}


def stream(item: str, at_least: int | None = None, **where: Condition) -> Condition:
    threshold = {} if at_least is None else {"at_least": at_least}
    return {"category": "stream", "item": item, "window": "claim", "where": where, **threshold}


@pytest.mark.parametrize(
    ("condition", "label"),
    [
        (cumulative("purchase.amount", 30_000, "claim", mcc={"in": ["5541"]}), "领取后加油站消费满300元"),
        (cumulative("purchase.amount", 30_050, "claim", **FUEL), "领取后加油站、自助加油消费满300.50元"),
        (cumulative("purchase.amount", 1_234_500, "lifetime"), "累计消费满12,345元"),
        (cumulative("purchase.count", 3, {"calendar": "day"}), "单日消费3笔"),
        (cumulative("purchase.days", 5, {"calendar": "week"}), "单周消费5天"),
        (cumulative("purchase.merchants", 4, {"calendar": "month"}), "单月在4家不同商户消费"),
        (cumulative("instalment.count", 1, {"rolling_days": 7}), "任意7天内分期1笔"),
        (cumulative("repayment.amount", 100, DATES), "2026年11月1日至2026年12月1日还款满1元"),
        (cumulative("repayment.count", 2, {"calendar": "billing_cycle"}), "单个账单周期还款2笔"),
        (cumulative("purchase.streak", 3, {"rolling_days": 9}), "任意9天内连续消费3天"),
        (special("app_login.streak", 5, "claim"), "领取后连续登录5天"),
        (special("custom.quiz.days", 5, "claim"), "领取后参与活动5天"),
        (stream("purchase", 50_000), "领取后单笔消费满500元"),
        (stream("cash_advance"), "领取后取现1笔"),
        (special("sign_in.days", 7, "claim"), "领取后签到7天"),
        (special("sign_in.streak", 7, "claim"), "领取后连续签到7天"),
        (special("invite.count", 2, "claim"), "领取后邀请好友2次"),
        (special("survey.done", 1, "claim"), "领取后完成问卷1次"),
        (special("custom.museum.count", 1, "claim"), "领取后参与活动1次"),
        (status("card.activated"), "激活信用卡"),
        (status("wechat.bound"), "绑定微信"),
        (status("autopay.enabled", False), "未开通自动还款"),
        (status("card.tier", "gold"), "card.tier为gold"),
    ],
)
def test_the_label_of_a_condition(condition: Condition, label: str) -> None:
    assert compiled(condition).labels == (label,)


@pytest.mark.parametrize(
    ("where", "part"),
    [
        ({"mcc": {"in": ["5812", "9999"]}}, "餐厅、商户类别9999"),
        ({"mcc": {"in": ["5311", "5399"]}}, "百货"),
        ({"mcc": {"not_in": ["5813"]}}, "非酒吧"),
        ({"merchant": {"contains": "壳牌"}}, "名称含“壳牌”的商户"),
        ({"merchant.name": {"contains": "Shell"}}, "名称含“Shell”的商户"),
        ({"merchant_id": {"in": ["M1"]}}, "指定商户"),
        ({"merchant.id": {"not_in": ["M1"]}}, "非指定商户"),
        ({"channel": {"in": ["wechat_pay", "kiosk"]}}, "微信支付、kiosk"),
        ({"channel": {"not_in": ["online"]}}, "非线上"),
        ({"amount": {"at_least": 10_000}}, "单笔满100元的"),
        ({"amount_fen": {"at_most": 10_050}}, "单笔不超过100.50元的"),
        ({"amount": {"between": [100, 200]}}, "单笔1至2元的"),
        ({"amount": {"in": [8_800]}}, "单笔为88元的"),
        ({"card_product": {"in": ["young"]}}, "指定卡种"),
        ({"card.product": {"not_in": ["young"]}}, "非指定卡种"),
        ({"weekday": {"in": [6, 7]}}, "周六至周日"),
        ({"hour": {"between": [6, 9]}}, "6点至10点"),
        ({"region": {"in": ["HK"]}}, "HK地区"),
        ({"attributes.rail": {"in": ["metro"]}}, "“rail”为metro的"),
        ({"attributes.seats": {"between": [2, 4]}}, "“seats”在2至4之间的"),
        ({"attributes.first": {"in": [True]}}, "“first”为是的"),
        ({"wallet": {"in": ["alipay", "other"]}}, "支付宝、other支付"),
        ({"wallet": {"contains": "pay"}}, "含“pay”的支付"),
        ({"weekday": {"in": [1, 3, 7]}}, "周三、周日至周一"),
        ({"weekday": {"between": [1, 5]}}, "周一至周五"),
        ({"hour": {"between": [22, 5]}}, "22点至次日6点"),
        ({"hour": {"in": [9]}}, "9点至10点"),
        ({"hour": {"at_least": 0}}, ""),
        ({"amount": {"at_least": 100, "at_most": 900}}, "单笔1至9元的"),
        ({"mcc": {"in": ["5541"]}, "amount": {"at_least": 100}}, "加油站单笔满1元的"),
    ],
)
def test_the_scope_in_a_label(where: Condition, part: str) -> None:
    assert compiled(cumulative("purchase.count", 2, "claim", **where)).labels == (f"领取后{part}消费2笔",)


def test_labels_stand_in_the_order_of_the_conditions() -> None:
    content = {"all": [status("wechat.bound"), {"any": [stream("purchase"), special("sign_in.days", 2)]}]}
    assert compiled(content).labels == ("绑定微信", "领取后消费1笔", "累计签到2天")
