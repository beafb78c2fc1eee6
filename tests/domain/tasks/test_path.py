"""The way around a task as its page shows it."""

import pytest

from domain import customers, events, tasks
from tests.domain.tasks.following import NEVER, ONCE, chain, complete, offer, pool, step
from tests.domain.tasks.making import claim, purchase, settle, task

pytestmark = pytest.mark.usefixtures("database")
Told = list[tuple[str | None, str]]


async def path(code: str, customer: str = "C1") -> Told:
    """Code and state of each step; those a pool may bring in brackets."""
    await tasks.catalogue.refresh()
    customer_id = (await customers.ids_of([customer]))[customer]
    steps = await tasks.path_of(customer_id, "bank_app", code)
    return [(f"({step.task})" if step.choice else step.task, step.state) for step in steps]


async def three_steps() -> None:
    await step("third", NEVER)
    await step("second", NEVER, follow_ups=chain("third"))
    await step("first", ONCE, follow_ups=chain("second"))


async def test_a_chain_is_shown_from_each_of_its_tasks_as_far_as_it_has_come() -> None:
    await three_steps()
    assert await path("first") == [("first", "now"), ("second", "next"), ("third", "next")]
    await claim("C1", "first")
    await events.ingest([purchase()])
    await settle()
    for code in ("first", "second", "third"):
        assert await path(code) == [("first", "done"), ("second", "now"), ("third", "next")]


async def test_a_step_a_customer_may_not_see_keeps_its_name_and_one_they_cannot_open_its_code() -> None:
    await step("third", NEVER, claim={"mode": "offered"})
    await step("second", NEVER, visible={"min_level": 5}, follow_ups=chain("third"))
    await step("first", ONCE, follow_ups=chain("second"))
    assert await path("first") == [("first", "now"), (None, "next"), (None, "next")]
    customer_id = (await customers.ids_of(["C1"]))["C1"]
    assert [one.name for one in await tasks.path_of(customer_id, "bank_app", "first")] == ["first", None, "third"]


async def test_a_pool_shows_what_it_may_bring_to_such_a_customer_and_no_other_half() -> None:
    for code in ("a", "b", "c"):
        await step(code)
    await step("secret", claim={"mode": "offered"})
    halves = [offer("b", share={"from": 0, "to": 50}), offer("c", share={"from": 50, "to": 100})]
    rules = [offer("a"), *halves, offer("secret"), offer("a", stage="credit")]
    await task("first", ONCE, follow_ups=pool(*rules))
    [first, second, third] = await path("first")
    assert (first, second) == (("first", "now"), ("(a)", "next"))
    assert third in [("(b)", "next"), ("(c)", "next")]
    await complete()
    assert await path("first") == [("first", "done"), ("(a)", "now"), (third[0], "now"), ("(secret)", "now")]
    assert await path("secret") == [("first", "done"), ("secret", "now")]


async def test_a_task_by_itself_has_no_path() -> None:
    await step("alone")
    await step("a")
    await step("b", visible={"stages": ["credit"]})
    await step("pool", follow_ups=pool(offer("b")))
    assert (await path("alone"), await path("a"), await path("pool")) == ([], [], [])
