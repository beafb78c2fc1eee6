"""A tag and an audience of the demo, as operators would write them."""

from typing import Any

TAGS: dict[str, dict[str, Any]] = {
    "fuel-90": {
        "name": "近90天加油消费",
        "department": "信用卡中心",
        "classification": {"first": "消费行为", "second": "出行"},
        "type": "number",
        "source": {"transactions": {"item": "purchase.amount", "days": 90, "where": {"mcc": {"in": ["5541", "5542"]}}}},
    },
}
AUDIENCES: dict[str, dict[str, Any]] = {
    "drivers": {
        "name": "有车客户",
        "description": "近90天加油满100元的客户",
        "department": "信用卡中心",
        "rule": {"tag": "fuel-90", "at_least": 10000},
    },
}
