"""Journeys hear of completed tasks."""

from collections.abc import Sequence

from domain import tasks
from domain.facts import TaskCompleted
from domain.journeys.catalogue import catalogue
from domain.journeys.hear import let_in, score, wake
from kit.database import Connection


async def hear_completed(connection: Connection, facts: Sequence[TaskCompleted]) -> None:
    """Let completions end waits, reach goals and let customers in, in the transaction that completes.

    Whoever completes holds the customers' rows and shares the live set, of which the tasks' catalogue knows the
    revision. Costs nothing where no journey hears of the task. A completion that is lost later takes nothing back.
    """
    await catalogue.follow(tasks.catalogue.revision)
    if catalogue.deaf:
        return
    by_key: dict[str, set[int]] = {}
    for fact in facts:
        if catalogue.hears(key := f"task:{fact.task}"):
            by_key.setdefault(key, set()).add(fact.customer_id)
    for key, customer_ids in sorted(by_key.items()):
        ids = sorted(customer_ids)
        await wake(connection, key, ids)
        await score(connection, key, ids)
        await let_in(connection, key, ids)
