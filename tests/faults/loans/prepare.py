"""What a fault run of loans begins with: schema, coupon templates, and coupons in the wallets of the demo's customers."""

import asyncio
from typing import Any

from channels.sandbox.customers import DEMO_CUSTOMERS
from domain import coupons, customers
from domain.coupons import TEMPLATES, Issued, IssueOrder
from kit import database
from server.migration import migrate
from server.process import running
from server.settings import from_environment
from tests.faults.prepare import put_live

EACH = 6
"""So many coupons of each template everybody has."""


def _template(kind: str, value: dict[str, Any], **use: str) -> dict[str, Any]:
    return {
        "name": kind,
        "kind": kind,
        "value": value,
        "validity": {"mode": "dynamic", "days": 300},
        "stock": 100_000,
        "per_person": None,
        "use": use,
    }


DOCUMENTS = {
    "alone": _template("interest_free_days", {"days": 45}),
    "free": _template("interest_free_days", {"days": 7}, stacking="stackable", repaid_early="whole"),
    "off": _template("interest_discount", {"rate_off": "0.20", "periods": 3, "cap_fen": 9_000}, stacking="stackable"),
    "pay": _template("repayment", {"amount_fen": 1_500}, stacking="stackable", cancelled="forfeit"),
}


def everything() -> None:
    """Safe to repeat after a crash."""
    asyncio.run(_everything())


async def _everything() -> None:
    await migrate(from_environment().database_url)
    await put_live([(TEMPLATES, code, body) for code, body in DOCUMENTS.items()])
    async with running(from_environment()):
        people = list((await customers.ids_of(one.customer_no for one in DEMO_CUSTOMERS)).values())
        orders = [
            IssueOrder(person, code, f"fault:{person}:{code}:{number}", "fault run")
            for person in people
            for code in DOCUMENTS
            for number in range(EACH)
        ]
        async with database.transaction() as connection:
            await customers.lock(connection, people)
            issued = await coupons.issue(connection, orders)
        assert all(isinstance(one, Issued) for one in issued)
