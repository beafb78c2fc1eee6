"""Audiences that are live, customers with what rules ask for, and refreshes as the worker does them."""

from collections.abc import Iterable
from typing import Any

from domain import audiences
from domain.approvals import Version
from domain.audiences import AUDIENCES
from kit import database
from tests.domain.coupons.stage import new_customers, publish


def document(**source: Any) -> dict[str, Any]:
    """An audience as an operator would write it."""
    return {"name": "活跃客户", **(source or {"rule": {"field": "stage", "in": ["payer"]}})}


async def audience(code: str, **source: Any) -> Version:
    """An audience that is live and worked out, or its next version."""
    version = await publish(AUDIENCES, code, document(**source))
    await worked_out()
    return version


async def worked_out() -> int:
    """Work out everything that is due; how many audiences were."""
    done = 0
    while await audiences.refresh_next():
        done += 1
    await audiences.catalogue.refresh()
    return done


async def customer(**columns: Any) -> int:
    """A customer with these columns."""
    [customer_id] = await new_customers()
    await put(customer_id, **columns)
    return customer_id


async def put(customer_id: int, **columns: Any) -> None:
    """Set columns of a customer."""
    for name, value in columns.items():
        await database.execute(f"UPDATE customer SET {name} = $2 WHERE id = $1", customer_id, value)


def inside(code: str, ids: Iterable[int]) -> set[int]:
    """Those of `ids` who are members."""
    return {one for one in ids if audiences.contains(code, one)}
