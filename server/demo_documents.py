"""The configurations of the demo, as operators would write them."""

from typing import Any

LEVELS = {
    "name": "会员等级",
    "levels": [
        {"rank": 0, "name": "普通会员", "threshold": 0, "benefits": ["参加全部任务"]},
        {"rank": 1, "name": "银卡会员", "threshold": 100, "benefits": ["生日双倍经验"], "keep": 100},
        {
            "rank": 2,
            "name": "金卡会员",
            "threshold": 500,
            "benefits": ["每月一张免息券", "专属客服"],
            "keep": 300,
            "gifts": [{"coupon": "off20"}],
        },
        {
            "rank": 3,
            "name": "钻石会员",
            "threshold": 2000,
            "benefits": ["机场贵宾厅", "每月两张免息券"],
            "keep": 1000,
            "gifts": [{"coupon": "free30"}, {"benefit": "lounge"}],
        },
    ],
    "validity": {"months": 12},
}
TEMPLATES: dict[str, dict[str, Any]] = {
    "free7": {
        "name": "7天免息券",
        "kind": "interest_free_days",
        "value": {"days": 7},
        "issue": {"centre": True},
        "validity": {"mode": "dynamic", "days": 30},
        "stock": 10_000,
        "per_person": 5,
        "cost_fen": 350,
        "use": {"min_loan_fen": 100_000},
    },
    "free30": {
        "name": "首期免息券",
        "kind": "interest_free_days",
        "value": {"days": 30},
        "validity": {"mode": "dynamic", "days": 30},
        "stock": 5_000,
        "per_person": 2,
        "cost_fen": 1_500,
        "use": {"min_loan_fen": 500_000, "periods": [6, 12]},
    },
    "off20": {
        "name": "利息8折券",
        "kind": "interest_discount",
        "value": {"rate_off": "0.20", "periods": 3},
        "validity": {"mode": "dynamic", "days": 60},
        "stock": 5_000,
        "per_person": 3,
        "cost_fen": 1_000,
        "use": {"min_loan_fen": 300_000},
    },
}
EXCLUSIONS = {
    "name": "通用排除表",
    "mccs": [
        {"mcc": "4829", "reason": "汇款"},
        {"mcc": "6010", "reason": "类现金"},
        {"mcc": "6011", "reason": "类现金"},
        {"mcc": "6051", "reason": "类现金"},
        {"mcc": "7995", "reason": "博彩"},
        {"mcc": "9311", "reason": "税款"},
    ],
}
SUPPLIERS = {"demo-supplier": {"name": "示例权益商", "contact": "权益商对接人 王经理"}}
ASKED_SUPPLIER = "demo-films"
"""Issues on request; its address and key are those of the sandbox."""
BENEFITS: dict[str, dict[str, Any]] = {
    "coffee": {
        "name": "咖啡兑换券",
        "kind": "voucher_code",
        "supplier": "demo-supplier",
        "validity": {"days": 30},
        "face_value_fen": 3_000,
        "cost_fen": 2_000,
        "per_person": 3,
        "how_to_use": "到店出示兑换码，由店员核验。",
        "exchange": {"experience": 60},
    },
    "movie": {
        "name": "电影票一张",
        "kind": "voucher_code",
        "supplier": ASKED_SUPPLIER,
        "validity": {"days": 60},
        "stock_mode": "supplier_api",
        "face_value_fen": 4_000,
        "cost_fen": 2_000,
        "exchange": {"experience": 40, "per_person": 3},
        "confirmed_by_supplier": True,
        "how_to_use": "在影院自助机输入兑换码取票。",
    },
    "lounge": {
        "name": "机场贵宾厅一次",
        "kind": "lounge",
        "supplier": "demo-supplier",
        "validity": {"days": 90},
        "stock_mode": "unlimited",
        "face_value_fen": 20_000,
        "cost_fen": 8_000,
        "per_person": 2,
        "how_to_use": "凭本人身份证进入贵宾厅。",
    },
}
VOUCHER_CODES = [f"COFFEE-{number:05d}" for number in range(1, 501)]
_TASK_AND_REWARD = [{"name": "task"}, {"name": "reward"}]
MESSAGES: dict[str, dict[str, Any]] = {
    "task-done": {
        "name": "任务完成",
        "title": "{{task}}已完成",
        "body": "恭喜您完成任务“{{task}}”，{{reward}}即将到账。",
        "variables": _TASK_AND_REWARD,
    },
    "task-rewarded": {
        "name": "奖励到账",
        "title": "奖励已到账",
        "body": "任务“{{task}}”的奖励{{reward}}已到账。",
        "variables": _TASK_AND_REWARD,
    },
    "task-next": {
        "name": "下一步已开启",
        "title": "下一步：{{task}}",
        "body": "上一步已完成，“{{task}}”已为您开启，请在{{expires_on}}前完成，可得{{reward}}。",
        "variables": [*_TASK_AND_REWARD, {"name": "expires_on", "type": "date"}],
    },
    "task-offered": {
        "name": "为你推荐",
        "title": "为你推荐：{{task}}",
        "body": "完成“{{task}}”可得{{reward}}，点击查看并领取。",
        "variables": _TASK_AND_REWARD,
    },
    "task-expiring": {
        "name": "任务即将到期",
        "title": "{{task}}即将到期",
        "body": "请在{{expires_on}}前完成，可得{{reward}}。",
        "variables": [*_TASK_AND_REWARD, {"name": "expires_on", "type": "date"}],
    },
}
_FUEL = {"mcc": {"in": ["5541", "5542"]}}


def _cumulative(item: str, at_least: int, window: Any, where: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"category": "cumulative", "item": item, "at_least": at_least, "window": window, "where": where or {}}


TASKS: dict[str, dict[str, Any]] = {
    "activate-card": {
        "name": "激活信用卡",
        "kind": "newcomer",
        "summary": "激活即得新人经验",
        "claim": {"mode": "automatic"},
        "content": {"category": "status", "item": "card.activated", "is": True, "window": "lifetime"},
        "rewards": [{"experience": 50}],
    },
    "bind-wechat": {
        "name": "绑定微信",
        "kind": "newcomer",
        "summary": "绑定微信，随时查看任务进度",
        "description": "在微信小程序登录后，用卡号后四位和短信验证码绑定本人信用卡。",
        "claim": {"mode": "automatic"},
        "content": {"category": "status", "item": "wechat.bound", "is": True, "window": "lifetime"},
        "rewards": [{"experience": 50}],
    },
    "fuel-300": {
        "name": "加油满300元",
        "kind": "growth",
        "summary": "领取后30天内加油消费满300元，得经验和7天免息券",
        "description": "领取任务后，用本行信用卡在加油站消费，累计满300元即完成。退货会扣减进度。",
        "claim": {"mode": "manual", "days_to_finish": 30},
        "content": _cumulative("purchase.amount", 30_000, "claim", _FUEL),
        "rewards": [{"experience": 100}, {"coupon": "free7"}],
        "messages": {"expiring": {"hours": 72, "template": "task-expiring"}, "rewarded": "task-rewarded"},
    },
    "weekly-shopper": {
        "name": "每周消费3天",
        "kind": "daily",
        "summary": "一周内在3个不同的日子刷卡",
        "claim": {"mode": "manual", "cycle": "weekly"},
        "content": _cumulative("purchase.days", 3, {"calendar": "week"}),
        "rewards": [{"experience": 30}],
    },
    "sign-in-3": {
        "name": "签到3天",
        "kind": "daily",
        "summary": "本月签到满3天",
        "claim": {"mode": "automatic", "cycle": "monthly"},
        "content": {"category": "special", "item": "sign_in.days", "at_least": 3, "window": {"calendar": "month"}},
        "rewards": [{"experience": 20}],
    },
    "swipe-days": {
        "name": "刷卡成习惯",
        "kind": "newcomer",
        "summary": "第三步：30天内有5天刷卡消费",
        "claim": {"mode": "offered", "days_to_finish": 30},
        "content": _cumulative("purchase.days", 5, "claim"),
        "rewards": [{"experience": 100}, {"coupon": "free7"}],
    },
    "swipe-3": {
        "name": "三笔达人",
        "kind": "newcomer",
        "summary": "第二步：30天内消费满3笔",
        "claim": {"mode": "offered", "days_to_finish": 30},
        "content": _cumulative("purchase.count", 3, "claim"),
        "rewards": [{"experience": 50}],
        "follow_ups": {"mode": "chain", "rules": [{"task": "swipe-days", "message": "task-next"}]},
    },
    "swipe-1": {
        "name": "首刷有礼",
        "kind": "newcomer",
        "summary": "领取后消费一笔，即可开启新手三步走",
        "description": "完成后自动进入下一步，三步全部完成可得170经验和7天免息券。",
        "claim": {"mode": "manual", "days_to_finish": 30},
        "content": _cumulative("purchase.count", 1, "claim"),
        "rewards": [{"experience": 20}],
        "follow_ups": {"mode": "chain", "rules": [{"task": "swipe-3", "message": "task-next"}]},
    },
    "dining-500": {
        "name": "美食满500元",
        "kind": "growth",
        "summary": "30天内餐饮消费满500元",
        "claim": {"mode": "offered", "days_to_finish": 30},
        "content": _cumulative("purchase.amount", 50_000, "claim", {"mcc": {"in": ["5812", "5814"]}}),
        "rewards": [{"experience": 80}],
    },
    "travel-1000": {
        "name": "出行满1000元",
        "kind": "growth",
        "summary": "30天内交通和酒店消费满1000元",
        "claim": {"mode": "offered", "days_to_finish": 30},
        "content": _cumulative("purchase.amount", 100_000, "claim", {"mcc": {"in": ["4111", "4121", "7011"]}}),
        "rewards": [{"experience": 120}],
    },
    "dining-3": {
        "name": "餐饮消费3笔",
        "kind": "growth",
        "summary": "领取后30天内餐饮消费3笔，得咖啡兑换券",
        "claim": {"mode": "manual", "days_to_finish": 30},
        "content": _cumulative("purchase.count", 3, "claim", {"mcc": {"in": ["5812", "5814"]}}),
        "rewards": [{"experience": 30}, {"benefit": "coffee"}],
        "clawback": {"used": "deduct"},
    },
    "grocery-month": {
        "name": "超市月月享",
        "kind": "growth",
        "summary": "单月超市消费满1000元且不少于4笔",
        "claim": {"mode": "manual", "cycle": "monthly"},
        "content": {
            "all": [
                _cumulative("purchase.amount", 100_000, {"calendar": "month"}, {"mcc": {"in": ["5411"]}}),
                _cumulative("purchase.count", 4, {"calendar": "month"}, {"mcc": {"in": ["5411"]}}),
            ]
        },
        "rewards": [{"experience": 200}, {"coupon": "free30"}],
        "messages": {"completed": "task-done"},
    },
    "explorer": {
        "name": "探索5家新商户",
        "kind": "growth",
        "summary": "在5家不同商户消费，或单笔消费满2000元",
        "claim": {"mode": "manual", "days_to_finish": 60},
        "content": {
            "any": [
                _cumulative("purchase.merchants", 5, "claim"),
                {"category": "stream", "item": "purchase", "at_least": 200_000, "window": "claim"},
            ]
        },
        "rewards": [{"experience": 150}, {"coupon": "off20"}],
        "follow_ups": {
            "mode": "pool",
            "open_offers": 2,
            "rules": [
                {"task": "dining-500", "message": "task-offered", "when": {"share": {"from": 0, "to": 50}}},
                {"task": "travel-1000", "message": "task-offered", "when": {"share": {"from": 50, "to": 100}}},
                {"task": "grocery-month", "when": {"stage": ["wealth", "credit"]}},
            ],
        },
    },
}
