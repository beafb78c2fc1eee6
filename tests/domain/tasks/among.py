"""Audiences with given members, and tags customers have, for tests of what asks for them."""

from pyroaring import BitMap64

from domain import audiences, customers
from domain.audiences import AUDIENCES
from domain.audiences.pieces import pieces_of
from domain.tags import TAGS
from kit import clock, database
from tests.domain.coupons.stage import publish


async def audience(code: str, *members: str) -> None:
    """A live audience of exactly these customers, which this process knows of."""
    body = {"name": code, "rule": {"field": "customer_no", "in": [*members, "~nobody"]}, "refresh": "once"}
    await publish(AUDIENCES, code, body)
    await worked_out(code, *members)


async def worked_out(code: str, *members: str) -> None:
    """The members of a live audience are these from now on."""
    ids = BitMap64((await customers.ids_of(members)).values())
    await database.execute("DELETE FROM audience_piece WHERE code = $1", code)
    await database.execute(
        "UPDATE audience SET edition = edition + 1, members = $2, as_of = $3 WHERE code = $1",
        code,
        len(ids),
        clock.now(),
    )
    for piece in pieces_of(ids):
        await database.execute(
            "INSERT INTO audience_piece (code, number, members, bits) VALUES ($1, $2, $3, $4)", code, *piece
        )
    await audiences.catalogue.refresh()


async def tag(code: str, type: str = "flag", **more: object) -> None:
    """A live tag whose values are told by files."""
    classification = {"first": "行为", "second": "消费"}
    body = {"name": code, "department": "零售", "classification": classification, "type": type}
    await publish(TAGS, code, body | {"source": {"imported": {}}} | more)


async def tagged(code: str, **values: bool | int | str) -> None:
    """By customer number, the value each has."""
    ids = await customers.ids_of(values)
    for number, value in values.items():
        column = "flag" if isinstance(value, bool) else "number" if isinstance(value, int) else "text"
        await database.execute(
            f"INSERT INTO tag_value (tag, customer_id, {column}, as_of) VALUES ($1, $2, $3, $4)",
            code,
            ids[number],
            value,
            clock.now(),
        )
