"""Short ways to put tasks live, to make events, and to see what became of them, for tests of the task engine."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

import msgspec

from domain import approvals, customers, outbox, tasks
from domain.events import Event
from domain.tasks.conditions import Leaf, Node, Program, Span, compile_content, exact_states, net
from kit import clock, database
from kit.database import Connection
from tests.domain.coupons.stage import publish

T = TypeVar("T")
Condition = dict[str, Any]
_numbers = count(1)


def purchase(customer: str = "C1", amount_fen: int = 10_000, **more: Any) -> Event:
    """A purchase a minute ago, at a filling station unless told otherwise."""
    return event("purchase", customer, amount_fen, **{"mcc": "5541", "merchant_name": "壳牌", **more})


def refund(of: Event, amount_fen: int | None = None, type: str = "refund", **more: Any) -> Event:
    """A refund that names its original, of all of it unless told otherwise."""
    given = {"original_event_id": of.event_id, **more}
    return event(type, of.customer_no, of.amount_fen if amount_fen is None else amount_fen, **given)


def event(type: str, customer: str = "C1", amount_fen: int = 0, **more: Any) -> Event:
    """Any event; `event_id` is new unless given."""
    given = {"event_id": f"T{next(_numbers)}", "occurred_at": clock.now() - timedelta(minutes=1), **more}
    return Event(source="card-core", type=type, customer_no=customer, amount_fen=amount_fen, **given)


def told(name: str, value: Any = True, customer: str = "C1", **more: Any) -> Event:
    """A status."""
    return event("status", customer, attributes={"name": name, "value": value}, **more)


def at(text: str) -> datetime:
    """A moment in Shanghai: `2026-11-01 12:30`."""
    return datetime.fromisoformat(text).replace(tzinfo=clock.SHANGHAI).astimezone(UTC)


def cumulative(item: str, at_least: int, window: Any = "lifetime", **where: Any) -> Condition:
    """A condition over sums and counts."""
    return {"category": "cumulative", "item": item, "at_least": at_least, "window": window, "where": where}


def status(name: str, value: Any = True, window: Any = "lifetime") -> Condition:
    """A condition on a status."""
    return {"category": "status", "item": name, "is": value, "window": window}


def special(item: str, at_least: int, window: Any = "lifetime", **where: Any) -> Condition:
    """A condition on behaviour."""
    return {"category": "special", "item": item, "at_least": at_least, "window": window, "where": where}


def compiled(content: Condition) -> Program:
    """A content as the engine runs it."""
    return compile_content(msgspec.convert(content, Node))


def leaf_of(condition: Condition) -> Leaf:
    """A single condition."""
    return compiled(condition).leaves[0]


def reached(condition: Condition, events: list[Event], span: Span | None = None) -> int:
    """How far these events bring a condition, over a claim that began long ago unless told otherwise."""
    leaf = leaf_of(condition)
    span = span or Span(at("2020-01-01 00:00"), None)
    return leaf.current(exact_states([leaf], net(events), span)[0])


async def task(code: str, content: Condition, *, automatic: bool = True, **more: Any) -> approvals.Version:
    """A live task."""
    claim = {"mode": "automatic" if automatic else "manual", **more.pop("claim", {})}
    body = {"name": code, "kind": "growth", "content": content, "claim": claim, **more}
    return await publish(tasks.TASKS, code, body)


async def settle() -> None:
    """React to every recorded fact, and to what follows from it."""
    while await outbox.relay_batch():
        pass


async def overtaken(first: Callable[[Connection], Awaitable[Any]], second: Callable[[], Awaitable[T]]) -> T:
    """Do `first` in a transaction, start `second` beside it, and commit only when `second` is under way; its answer."""
    done = asyncio.Event()

    async def beside() -> T:
        await done.wait()
        return await second()

    running = asyncio.create_task(beside())  # before the transaction: a task begun inside would join it
    async with database.transaction() as connection:
        await first(connection)
        done.set()
        await asyncio.sleep(0.1)
    return await running


async def claim(customer: str, code: str, channel: str | None = None) -> tasks.ClaimAnswer:
    """Claim by hand; a refusal is raised."""
    customer_id = (await customers.ids_of([customer]))[customer]
    [answer] = await tasks.claim_batch([tasks.Claimant(customer_id, code, channel)])
    if isinstance(answer, Exception):
        raise answer
    return answer


async def claims_of(customer: str, code: str) -> list[dict[str, Any]]:
    """Every claim of a customer on a task, oldest first; `progress` decoded."""
    rows = await database.fetch(
        """SELECT l.* FROM claim l JOIN customer c ON c.id = l.customer_id
           WHERE c.customer_no = $1 AND l.task = $2 ORDER BY l.cycle, l.turn""",
        customer,
        code,
    )
    return [{**row, "progress": msgspec.json.decode(row["progress"])} for row in rows]


async def state_of(customer: str, code: str) -> str | None:
    """The state of the only claim; None where there is none."""
    claims = await claims_of(customer, code)
    assert len(claims) <= 1, claims
    return claims[0]["state"] if claims else None


async def current(customer: str, code: str) -> list[int]:
    """How far each condition of the only claim has come, as the customer's page shows it."""
    [claim] = await claims_of(customer, code)
    view = await tasks.claim_of(claim["customer_id"], claim["id"])
    return [condition.current for condition in view.conditions]


async def experience_of(customer: str) -> int:
    """The sum of all entries."""
    return int(
        await database.fetchval(
            """SELECT coalesce(sum(e.amount), 0) FROM experience_entry e JOIN customer c ON c.id = e.customer_id
               WHERE c.customer_no = $1""",
            customer,
        )
    )
