"""Tags that are live, customers, and the worker's runs."""

from collections.abc import Mapping
from typing import Any

from domain import customers, tags
from domain.approvals import Version
from kit import database
from tests.domain.coupons.stage import publish


def document(type: str = "flag", source: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A tag as an operator would write it; imported unless told otherwise."""
    return {
        "name": "标签",
        "department": "零售金融部",
        "classification": {"first": "消费行为", "second": "消费能力"},
        "type": type,
        "source": dict(source) if source else {"imported": {}},
        **more,
    }


async def live_tag(code: str, type: str = "flag", source: Mapping[str, Any] | None = None, **more: Any) -> Version:
    """A tag that is live."""
    return await publish(tags.TAGS, code, document(type, source, **more))


async def people(*numbers: str) -> list[int]:
    """Their ids, in order."""
    ids = await customers.ids_of(numbers)
    return [ids[number] for number in numbers]


async def values_of(code: str) -> dict[str, Any]:
    """The value of everybody who has the tag, by customer number."""
    rows = await database.fetch(
        """SELECT c.customer_no, v.flag, v.number, v.text FROM tag_value v JOIN customer c ON c.id = v.customer_id
           WHERE v.tag = $1""",
        code,
    )
    return {number: next(value for value in given if value is not None) for number, *given in rows}


async def computed() -> int:
    """Steps the worker takes until nothing is due."""
    steps = 0
    while await tags.compute_next():
        steps += 1
    return steps


async def told(code: str, *rows: tags.ValueTold) -> None:
    """Values as a file tells them."""
    async with database.transaction() as connection:
        taken = await tags.take_values(connection, code, rows, None)
    assert not taken.faults


async def states() -> dict[str, dict[str, Any]]:
    """What is known of every tag's runs."""
    return {row["tag"]: dict(row) for row in await database.fetch("SELECT * FROM tag_state")}
