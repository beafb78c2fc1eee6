"""Short ways to put tasks live and to make events, for tests of the task engine."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import msgspec

from domain import approvals, operators, outbox, tasks
from domain.approvals import Kind
from domain.events import Event
from domain.operators import OperatorIdentity, Role
from kit import clock

_numbers = count(1)


def purchase(customer: str = "C1", amount_fen: int = 10_000, **more: Any) -> Event:
    """A purchase a minute ago, at a filling station unless told otherwise."""
    return event("purchase", customer, amount_fen, **{"mcc": "5541", "merchant_name": "壳牌", **more})


def event(type: str, customer: str = "C1", amount_fen: int = 0, **more: Any) -> Event:
    """Any event; `event_id` is new unless given."""
    given = {"event_id": f"T{next(_numbers)}", "occurred_at": clock.now() - timedelta(minutes=1), **more}
    return Event(source="card-core", type=type, customer_no=customer, amount_fen=amount_fen, **given)


def at(text: str) -> datetime:
    """A moment in Shanghai: `2026-11-01 12:30`."""
    return datetime.fromisoformat(text).replace(tzinfo=clock.SHANGHAI).astimezone(UTC)


def cumulative(item: str, at_least: int, window: Any = "lifetime", **where: Any) -> dict[str, Any]:
    """A condition over sums and counts."""
    return {"category": "cumulative", "item": item, "at_least": at_least, "window": window, "where": where}


async def put_live(kind: Kind, code: str, body: dict[str, Any]) -> approvals.Version:
    """Save, submit and approve by two operators."""
    maker = await _operator("maker-1", Role.MAKER)
    checker = await _operator("checker-1", Role.CHECKER)
    await approvals.save_draft(kind, code, msgspec.convert(body, kind.definition), maker)
    await approvals.submit(kind, code, maker)
    return await approvals.approve(kind, code, checker)


async def task(code: str, content: dict[str, Any], *, automatic: bool = True, **more: Any) -> approvals.Version:
    """A live task."""
    claim = {"mode": "automatic" if automatic else "manual", **more.pop("claim", {})}
    body = {"name": code, "kind": "growth", "content": content, "claim": claim, **more}
    return await put_live(tasks.TASKS, code, body)


async def settle() -> None:
    """React to every recorded fact, and to what follows from it."""
    while await outbox.relay_batch():
        pass



async def _operator(username: str, role: Role) -> OperatorIdentity:
    return await operators.ensure(username, username, "a-long-password-1", [role], "HQ")
