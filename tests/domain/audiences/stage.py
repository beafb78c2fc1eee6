"""Audiences that are live, customers with what rules ask for, and refreshes as the worker does them."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from domain import audiences, outbox, reactions, reconciliation
from domain.approvals import Version
from domain.audiences import AUDIENCES
from domain.facts import AudienceEntered
from kit import database
from kit.database import Connection
from tests.domain.coupons.stage import new_customers, publish

SOURCES = {"rule", "file", "combination", "sql"}


def document(**given: Any) -> dict[str, Any]:
    """An audience as an operator would write it; without a source it has all payers."""
    source = {} if SOURCES & given.keys() else {"rule": {"field": "stage", "in": ["payer"]}}
    return {"name": "活跃客户", **source, **given}


async def audience(code: str, **given: Any) -> Version:
    """An audience that is live and worked out, or its next version."""
    version = await publish(AUDIENCES, code, document(**given))
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


async def standing(code: str) -> Any:
    """The row of an audience."""
    return await database.fetchrow("SELECT * FROM audience WHERE code = $1", code)


@contextmanager
def hearing() -> Iterator[None]:
    """Somebody reacts to those who entered; else nothing of it would be kept."""

    async def hear(_connection: Connection, _facts: Sequence[AudienceEntered]) -> None: ...

    outbox.react_with(at_once=reactions.AT_ONCE, later={**reactions.LATER, AudienceEntered: (hear,)})
    yield
    reactions.install()


async def entered() -> list[tuple[str, list[int]]]:
    """What was told of those who entered since this was asked last."""
    rows = await database.fetch("DELETE FROM outbox WHERE fact = 'AudienceEntered' RETURNING id, payload")
    facts = [msgspec.json.decode(row["payload"], type=AudienceEntered) for row in sorted(rows, key=lambda r: r["id"])]
    return [(fact.audience, list(fact.customer_ids)) for fact in facts]


async def holds(*but: str) -> None:
    """Every invariant of the house, but for those a test has broken by hand."""
    broken = {one.invariant: one.rows for one in await reconciliation.reconcile()}
    assert {name: rows for name, rows in broken.items() if name not in but} == {}
