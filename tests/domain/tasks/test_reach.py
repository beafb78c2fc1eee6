"""How many the audiences of a task let see it, and what its next version changes of that."""

from typing import Any

import msgspec
import pytest

from domain import approvals, customers, tasks
from domain.tasks import TASKS, Reach
from tests.domain.coupons.stage import MAKER
from tests.domain.tasks.among import audience
from tests.domain.tasks.following import ONCE, step

PEOPLE = [f"P{number}" for number in range(10)]


async def draft(visible: dict[str, Any]) -> Reach:
    """What a version in the making would change."""
    body = {"name": "gas", "kind": "growth", "content": ONCE, "visible": visible}
    await approvals.save_draft(TASKS, "gas", msgspec.convert(body, TASKS.definition), MAKER)
    return (await tasks.impact("gas", MAKER)).reach


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    """Ten customers: the first six, and the last six, are audiences."""
    await customers.ids_of(PEOPLE)
    await audience("first", *PEOPLE[:6])
    await audience("last", *PEOPLE[4:])


@pytest.mark.parametrize(
    ("live", "next_one", "expected"),
    [
        (None, {}, Reach(None, 10, 10, 0)),
        (None, {"audience": "first", "exclude": "last"}, Reach(None, 4, 4, 0)),
        ({}, {"audience": "first"}, Reach(10, 6, 0, 4)),
        ({"audience": "first"}, {"audience": "last"}, Reach(6, 6, 4, 4)),
        ({"audience": "first", "exclude": "last"}, {"audience": "last"}, Reach(4, 6, 6, 4)),
        ({"exclude": "first"}, {"exclude": "last"}, Reach(4, 4, 4, 4)),
        ({"exclude": "first"}, {}, Reach(4, 10, 6, 0)),
    ],
)
async def test_who_begins_to_see_it_and_who_does_not_any_more(
    live: dict[str, Any] | None, next_one: dict[str, Any], expected: Reach
) -> None:
    if live is not None:
        await step("gas", ONCE, visible=live)
    assert await draft(next_one) == expected
