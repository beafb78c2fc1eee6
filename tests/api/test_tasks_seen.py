"""Pages of tasks say who saw them."""

import pytest

from domain import statistics, tasks
from domain.reconciliation import reconcile
from domain.statistics import Span
from kit import database as db
from tests.api.room import customers_room, visitor
from tests.domain.coupons.stage import MAKER, new_customers
from tests.domain.tasks.making import cumulative, task

pytestmark = pytest.mark.usefixtures("database")


async def seen() -> list[tuple[int, str]]:
    rows = await db.fetch("SELECT customer_id, unnest(tasks) FROM task_seen ORDER BY 1, 2")
    return [(row[0], row[1]) for row in rows]


async def test_a_list_shows_what_is_on_its_page_and_a_page_its_task() -> None:
    for code in ("a", "b", "c"):
        await task(code, cumulative("purchase.count", 1), automatic=False)
    await tasks.catalogue.refresh()
    lists, opens, nobody = *await new_customers(2), await visitor()
    async with customers_room() as sign_in:
        assert (await (await sign_in(lists)).get("/tasks?limit=2")).status_code == 200
        assert (await (await sign_in(opens)).get("/tasks/c")).status_code == 200
        assert (await (await sign_in(opens)).get("/tasks/none")).status_code == 404
        # Who has not bound a card cannot claim: they are not at the mouth of the funnel.
        assert len((await (await sign_in(nobody)).get("/tasks")).json()["items"]) == 3
    assert await seen() == sorted([(lists, "a"), (lists, "b"), (opens, "c")])
    while await statistics.refresh():
        pass
    rows = (await statistics.funnel(MAKER, "subject", Span(), None, None)).rows
    assert {row.key: row.figures["seen"] for row in rows} == {"a": 1, "b": 1, "c": 1}
    assert await reconcile() == []
