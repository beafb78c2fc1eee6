"""Short ways to write chains and pools, and to see what they pushed."""

from typing import Any

from domain import approvals, customers, events, tasks
from kit import database
from tests.domain.tasks.making import Condition, cumulative, purchase, settle, task

ONCE = cumulative("purchase.count", 1)
NEVER = cumulative("purchase.count", 1000, "claim")


def chain(following: str, **more: Any) -> dict[str, Any]:
    """A next step."""
    return {"mode": "chain", "rules": [{"task": following, **more}]}


def pool(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Rules in order."""
    return {"mode": "pool", "rules": list(rules), **more}


def offer(code: str, **when: Any) -> dict[str, Any]:
    """A rule that offers."""
    return {"task": code, "when": when}


def give(code: str, **when: Any) -> dict[str, Any]:
    """A rule that claims."""
    return {"task": code, "when": when, "claim": "automatic"}


async def step(code: str, content: Condition = NEVER, **more: Any) -> approvals.Version:
    """A task customers claim by hand, or get as a follow-up."""
    return await task(code, content, automatic=False, **more)


async def offers_of(customer: str) -> dict[str, str]:
    """Every follow-up pushed to a customer: task → state."""
    rows = await database.fetch(
        """SELECT task, o.state FROM task_offer o JOIN customer c ON c.id = o.customer_id WHERE c.customer_no = $1
           ORDER BY o.id""",
        customer,
    )
    return {row[0]: row[1] for row in rows}


async def page_of(customer: str) -> list[tuple[str, bool]]:
    """What the customer's page lists, and whether it is recommended."""
    await tasks.catalogue.refresh()
    customer_id = (await customers.ids_of([customer]))[customer]
    return [(view.version.code, view.offered) for view in await tasks.tasks_of(customer_id, "bank_app")]


async def complete(customer: str = "C1", **more: Any) -> None:
    """A purchase, and all that follows."""
    await events.ingest([purchase(customer, **more)])
    await settle()
