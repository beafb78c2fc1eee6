"""Customers speak here: one file per resource. Nothing of the operators' side is reachable from this room.

Importing the room puts the routes of all of them on `customer_routes`.
"""

from api import (
    account_deletion,
    benefit_mall,
    benefits,
    bindings,
    challenges,
    consents,
    coupon_offers,
    coupon_reminders,
    coupons,
    data_exports,
    debts,
    identities,
    level,
    live,
    loans,
    me,
    messages,
    sessions,
    tasks,
    wechat_pages,
)

__all__ = [
    "account_deletion",
    "benefit_mall",
    "benefits",
    "bindings",
    "challenges",
    "consents",
    "coupon_offers",
    "coupon_reminders",
    "coupons",
    "data_exports",
    "debts",
    "identities",
    "level",
    "live",
    "loans",
    "me",
    "messages",
    "sessions",
    "tasks",
    "wechat_pages",
]
