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
        (cumulative("purchase.amount", 30_000, {"calendar": "billing_cycle"}), "单个账单周期消费满300元"),
        (cumulative("repayment.streak", 3, "claim"), "领取后连续还款3天"),
        (special("app_login.days", 3, "claim"), "领取后登录3天"),
        (special("custom.walk.streak", 3, "claim"), "领取后连续参与活动3天"),
        (special("survey.done", 1, "claim", survey={"in": ["q1"]}), "领取后问卷为q1的完成问卷1次"),
        (cumulative("instalment.count", 1, {"rolling_days": 7}), "任意7天内分期1笔"),
        (cumulative("repayment.amount", 100, DATES), "2026年11月1日至2026年12月1日还款满1元"),
        (stream("purchase", 50_000), "领取后单笔消费满500元"),
        (stream("cash_advance"), "领取后取现1笔"),
        (special("sign_in.days", 7, "claim"), "领取后签到7天"),
        (special("sign_in.streak", 7, "claim"), "领取后连续签到7天"),
        (special("invite.count", 2, "claim"), "领取后邀请好友2次"),
        (special("survey.done", 1, "claim"), "领取后完成问卷1次"),
        (special("custom.museum.count", 1, "claim"), "领取后参与活动1次"),
        (status("card.activated"), "激活信用卡"),
        (status("card.activated", window="claim"), "领取后激活信用卡"),
        (status("card.activated", window={"calendar": "month"}), "领取当月起激活信用卡"),
        (status("card.activated", window={"rolling_days": 7}), "领取前6天起激活信用卡"),
        ({**stream("purchase", 100), "window": "lifetime"}, "单笔消费满1元"),
        ({**stream("purchase", 100), "window": {"calendar": "billing_cycle"}}, "领取时的账单周期起单笔消费满1元"),
        ({**stream("purchase", 100), "window": {"rolling_days": 1}}, "领取当日起单笔消费满1元"),
        (special("sign_in.streak", 7, "lifetime"), "连续签到7天"),
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
        ({"mcc": {"not_in": ["5813", "5812"]}}, "除酒吧、餐厅外的"),
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
        ({"weekday": {"in": [6, 7]}}, "周六、周日"),
        ({"hour": {"between": [6, 9]}}, "6点至10点"),
        ({"region": {"in": ["HK"]}}, "地区为HK的"),
        ({"attributes.rail": {"in": ["metro"]}}, "rail为metro的"),
        ({"attributes.seats": {"not_in": [2, True]}}, "seats不为2、是的"),
        ({"attributes.km": {"at_least": 1, "at_most": 2.5}}, "km在1至2.5之间的"),
        ({"wallet": {"contains": "pay"}}, "支付钱包含pay的"),
        ({"weekday": {"at_most": 5}}, "周一至周五"),
        ({"weekday": {"between": [6, 1]}}, "周六至周一"),
        ({"weekday": {"between": [1, 7]}}, ""),
        ({"hour": {"between": [22, 6]}}, "22点至次日7点"),
        ({"hour": {"not_in": [12]}}, "13点至次日12点"),
        ({"hour": {"in": [8, 12, 13]}}, "8点至9点、12点至14点"),
        ({"amount": {"at_least": 100, "at_most": 200}}, "单笔1至2元的"),
        ({"mcc": {"in": ["5541"]}, "amount": {"at_least": 100}}, "加油站单笔满1元的"),
    ],
)
def test_the_scope_in_a_label(where: Condition, part: str) -> None:
    assert compiled(cumulative("purchase.count", 2, "claim", **where)).labels == (f"领取后{part}消费2笔",)


def test_labels_stand_in_the_order_of_the_conditions() -> None:
    content = {"all": [status("wechat.bound"), {"any": [stream("purchase"), special("sign_in.days", 2)]}]}
    assert compiled(content).labels == ("绑定微信", "领取后消费1笔", "累计签到2天")


ONE, TWO, THREE = stream("purchase"), special("sign_in.days", 2), status("wechat.bound")


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (ONE, ""),
        ({"all": [ONE]}, ""),
        ({"all": [ONE, TWO]}, "以下全部完成"),
        ({"any": [ONE, TWO]}, "以下任意 1 项"),
        ({"at_least": 2, "of": [ONE, TWO, THREE]}, "以下任意 2 项"),
        ({"all": [ONE, {"any": [TWO, THREE]}]}, "第1项，且（第2项，或第3项）"),
        ({"any": [{"all": [ONE, TWO]}, THREE]}, "（第1项，且第2项），或第3项"),
        ({"at_least": 2, "of": [{"all": [ONE, TWO]}, ONE, THREE]}, "（第1项，且第2项）、第3项、第4项中任意 2 项"),
    ],
)
def test_how_conditions_belong_together(content: Condition, rule: str) -> None:
    assert compiled(content).rule == rule
