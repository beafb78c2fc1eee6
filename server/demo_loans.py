"""The demo's loan products, and coupons that can be used together."""

from typing import Any

LOAN_PRODUCTS: dict[str, Any] = {
    "name": "信用卡借款",
    "asset_parties": [
        {"code": "card_centre", "name": "信用卡中心"},
        {"code": "consumer_finance", "name": "消费金融公司"},
    ],
    "funding_parties": [{"code": "own", "name": "自有资金"}, {"code": "joint", "name": "联合出资"}],
    "products": [
        {
            "asset_party": "consumer_finance",
            "funding_party": "joint",
            "channels": ["wechat_mini", "wechat_h5"],
            "scopes": ["ordinary"],
        },
        {"asset_party": "card_centre", "funding_party": "own"},
    ],
}
STACKABLE: dict[str, dict[str, Any]] = {
    "repay5": {
        "name": "5元叠加还款券",
        "kind": "repayment",
        "value": {"amount_fen": 500},
        "issue": {"centre": True},
        "validity": {"mode": "dynamic", "days": 30},
        "stock": 10_000,
        "per_person": 3,
        "cost_fen": 500,
        "use": {"min_loan_fen": 100_000, "stacking": "stackable"},
    },
    "own10": {
        "name": "自营借款利息9折券",
        "kind": "interest_discount",
        "value": {"rate_off": "0.10", "periods": 3, "cap_fen": 5_000},
        "issue": {"centre": True},
        "validity": {"mode": "dynamic", "days": 30},
        "stock": 10_000,
        "per_person": 3,
        "cost_fen": 800,
        "use": {
            "min_loan_fen": 300_000,
            "scope": "credit_granted",
            "asset_parties": ["card_centre"],
            "stacking": "stackable",
        },
    },
}
