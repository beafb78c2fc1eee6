"""Journeys that are live, customers who come into them, and what became of everybody."""

from typing import Any

import msgspec

from domain import customers, events, journeys
from domain.approvals import Version
from domain.events import Event
from domain.facts import AudienceEntered
from domain.journeys import JOURNEYS
from domain.reconciliation import reconcile
from kit import clock, database
from tests.domain.coupons.stage import publish, publish_template
from tests.domain.messages.stage import template
from tests.domain.tasks.making import event, purchase

END: dict[str, Any] = {"type": "end"}
ONLY_END = {"end": END}
WAITS = {"wait": {"type": "wait", "days": 1, "next": "end"}, "end": END}


def document(steps: dict[str, Any], first: str | None = None, **changes: Any) -> dict[str, Any]:
    """A journey as an operator would write it; it begins with a purchase and with its first step."""
    return {
        "name": "关怀",
        "trigger": {"event": "purchase"},
        "first": first or next(iter(steps)),
        "steps": steps,
        **changes,
    }


async def journey(steps: dict[str, Any], code: str = "care", **changes: Any) -> Version:
    """A live journey, or its next version."""
    return await publish(JOURNEYS, code, document(steps, **changes))


async def things(**changes: Any) -> None:
    """A coupon template `free7` and a message template `hello`, live."""
    await publish_template("free7", **changes)
    await template("hello", title="您好", body="{{customer}}，送您一张券", variables=[{"name": "customer"}])


COUPON = {"type": "coupon", "coupon": "free7", "next": "tell"}
TELL = {"type": "message", "template": "hello", "next": "end"}
GIFT = {"gift": COUPON, "tell": TELL, "end": END}


def buys(customer: str = "C1", **more: Any) -> Event:
    """A purchase at this moment."""
    return purchase(customer, **{"occurred_at": clock.now(), **more})


def opens(customer: str = "C1", **more: Any) -> Event:
    """The app is opened at this moment."""
    return event("app_login", customer, **{"occurred_at": clock.now(), **more})


async def tell(*told: Event) -> None:
    """Partners tell this."""
    result = await events.ingest(told)
    assert result.accepted == len(told), result


async def enter_audience(audience: str, *customer_ids: int) -> None:
    """As the relay does when an audience was worked out."""
    async with database.transaction() as connection:
        await journeys.hear_audience(connection, [AudienceEntered(audience, customer_ids)])


async def work() -> int:
    """Until nothing is due; how many runs were led on."""
    done = 0
    while worked := await journeys.work_due():
        done += worked
    return done


async def path_of(customer: int | str, code: str = "care", turn: int | None = None) -> list[str]:
    """`step:exit` (with `!code`) of a customer's run, the last unless told otherwise, and where it stands."""
    customer_id = customer if isinstance(customer, int) else await customers.id_of(customer)
    run = await database.fetchrow(
        """SELECT id, state, step, end_reason FROM journey_run WHERE journey = $1 AND customer_id = $2
           AND ($3::int IS NULL OR turn = $3) ORDER BY turn DESC LIMIT 1""",
        code,
        customer_id,
        turn,
    )
    if run is None:
        return []
    rows = await database.fetch(
        "SELECT step, exit, code FROM journey_path WHERE run_id = $1 ORDER BY number", run["id"]
    )
    left = [f"{row['step']}:{row['exit']}" + (f"!{row['code']}" if row["code"] else "") for row in rows]
    return [*left, run["step"] if run["state"] == "active" else f"({run['end_reason']})"]


async def count(sql: str, *values: Any) -> int:
    """A number of rows."""
    return int(await database.fetchval(f"SELECT count(*) FROM {sql}", *values))


async def sound() -> None:
    """No invariant is broken."""
    broken = await reconcile()
    assert not broken, msgspec.json.encode(broken)
