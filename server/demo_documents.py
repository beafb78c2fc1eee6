"""The configurations of the demo, as operators would write them."""

from datetime import datetime, time, timedelta
from typing import Any

from kit import clock

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
            "benefits": ["每月两张免息券"],
            "standing": ["lounge"],
            "keep": 1000,
            "gifts": [{"coupon": "free30"}],
        },
    ],
    "validity": {"months": 12},
    "messages": {"risen": "level-up"},
}
CAMPAIGNS: dict[str, dict[str, Any]] = {
    "autumn": {
        "name": "秋日焕新季",
        "type": "use",
        "rules": "活动期间完成任务可得免息券、折扣券和权益，先到先得，预算用完即止。借款年化利率18%（单利）。",
        "budget": {
            "total_fen": 50_000_000,
            "daily_fen": 10_000_000,
            "branches": {"SH": 10_000_000},
            "branch_daily_fen": {"SH": 2_000_000},
            "warn_at": 80,
        },
    }
}
APPROVAL_LIMITS = {"budget_fen": 1_000_000_000, "checklist": "show"}
_ABSOLUTE, _PROMISE = "广告法禁止的绝对化用语", "金融营销不得承诺收益或掩盖风险"
FORBIDDEN_WORDS = {
    "name": "营销文案禁用词表",
    "words": [
        {
            "word": "最",
            "why": _ABSOLUTE,
            "unless": ["最低", "最高不超过", "最多", "最少", "最近", "最后", "最终", "最晚", "最早", "最长", "最新版"],
        },
        {"word": "第一", "why": _ABSOLUTE, "unless": ["第一次", "第一步", "第一期", "第一笔", "第一天"]},
        {"word": "国家级", "why": _ABSOLUTE},
        {"word": "顶级", "why": _ABSOLUTE},
        {"word": "首选", "why": _ABSOLUTE},
        {"word": "唯一", "why": _ABSOLUTE},
        {"word": "保本", "why": _PROMISE},
        {"word": "保收益", "why": _PROMISE},
        {"word": "稳赚", "why": _PROMISE},
        {"word": "零风险", "why": _PROMISE},
        {"word": "无风险", "why": _PROMISE},
        {"word": "零利息", "why": "贷款营销须写明年化利率，不得以零利息误导"},
        {"word": "秒批", "why": "不得暗示贷款必然获批"},
        {"word": "包过", "why": "不得暗示贷款必然获批"},
    ],
}
_TOMORROW_AT_TEN = datetime.combine(clock.today() + timedelta(days=1), time(10), clock.SHANGHAI).isoformat()
TEMPLATES: dict[str, dict[str, Any]] = {
    "free7": {
        "name": "7天免息券",
        "kind": "interest_free_days",
        "value": {"days": 7},
        "campaign": "autumn",
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
        "campaign": "autumn",
        "validity": {"mode": "dynamic", "days": 60},
        "stock": 5_000,
        "per_person": 3,
        "cost_fen": 1_000,
        "use": {"min_loan_fen": 300_000},
    },
    "repay-5": {
        "name": "5元还款券",
        "kind": "repayment",
        "value": {"amount_fen": 500},
        "issue": {"centre": True},
        "validity": {"mode": "dynamic", "days": 15},
        "stock": 2_000,
        "daily_cap": 200,
        "per_person": 1,
        "cost_fen": 500,
        "use": {"min_loan_fen": 100_000},
    },
    "phone-10": {
        "name": "10元话费券",
        "kind": "phone_credit",
        "value": {"amount_fen": 1_000},
        "issue": {"centre": True, "from": _TOMORROW_AT_TEN},
        "remind": {"opening": "coupon-opening"},
        "validity": {"mode": "dynamic", "days": 7},
        "stock": 50,
        "per_person": 1,
        "cost_fen": 1_000,
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
        "campaign": "autumn",
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
        "how_to_use": "凭本人身份证进入贵宾厅。",
    },
}
VOUCHER_CODES = [f"COFFEE-{number:05d}" for number in range(1, 501)]
_TASK_AND_REWARD = [{"name": "task"}, {"name": "reward"}]
MESSAGES: dict[str, dict[str, Any]] = {
    "coupon-opening": {
        "name": "开抢提醒",
        "title": "{{coupon}}开抢了",
        "body": "您关注的“{{coupon}}”已可领取，先到先得。",
        "variables": [{"name": "coupon"}],
    },
    "level-up": {
        "name": "等级提升",
        "title": "您已升至{{level}}",
        "body": "恭喜您成为{{level}}，升级礼与会员权益可在“等级”页查看。",
        "variables": [{"name": "level"}],
    },
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
