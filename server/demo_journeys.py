"""The journeys of the demo, as operators would write them, and what they say."""

from typing import Any

JOURNEY_MESSAGES: dict[str, dict[str, Any]] = {
    "survey-thanks": {
        "name": "问卷致谢",
        "title": "感谢您的意见",
        "body": "{{customer}}，感谢您填写问卷，7天免息券已放入您的券包。",
        "variables": [{"name": "customer"}],
        "link": "/coupons",
        "channels": [{"channel": "push"}],
        "priority": "low",
    },
}
JOURNEYS: dict[str, dict[str, Any]] = {
    "survey-care": {
        "name": "问卷回访",
        "campaign": "autumn",
        "trigger": {"event": "survey_done"},
        "reentry": {"after_days": 90},
        "goal": {"coupon_used": "free7", "within_days": 30},
        "first": "share",
        "steps": {
            "share": {
                "type": "share",
                "name": "对照组",
                "parts": [
                    {"name": "实验组", "percent": 90, "next": "gift"},
                    {"name": "对照组", "percent": 10, "next": "end"},
                ],
            },
            "gift": {"type": "coupon", "name": "送7天免息券", "coupon": "free7", "next": "thanks", "otherwise": "end"},
            "thanks": {"type": "message", "name": "致谢", "template": "survey-thanks", "next": "wait"},
            "wait": {
                "type": "wait_for",
                "name": "等一笔消费",
                "event": "purchase",
                "timeout": {"days": 7},
                "next": "end",
                "timed_out": "stage",
            },
            "stage": {
                "type": "split",
                "name": "是否已授信",
                "branches": [{"name": "已授信", "when": {"stage": ["credit"]}, "next": "end"}],
                "otherwise": "offer",
            },
            "offer": {"type": "task", "name": "推荐加油任务", "task": "fuel-300", "next": "end"},
            "end": {"type": "end"},
        },
    },
}
