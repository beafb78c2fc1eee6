"""The owner redeems a benefit: its code is shown."""

from typing import Any

import msgspec

from domain import customers
from domain.benefits.codes import vault
from domain.benefits.moves import move
from domain.benefits.states import GrantState
from kit import clock, database
from kit.database import Connection
from kit.errors import Conflict, NotFound


class Redeemed(msgspec.Struct, frozen=True):
    """`code` is None for a benefit that needs none."""

    code: str | None
    how_to_use: str


async def redeem(customer_id: int, grant_id: int) -> Redeemed:
    """Redeem a grant of this customer, or show the code of one that is redeemed again; every showing is noted.

    Raises `NotFound` (also for somebody else's), `Conflict` (`benefit.expired`, `benefit.voided`).
    """
    async with database.transaction() as connection:
        await customers.lock(connection, [customer_id])
        row = await connection.fetchrow(
            """SELECT g.state, g.valid_until, v.body, c.id AS code_id, c.sealed FROM benefit_grant g
               JOIN configuration v ON v.id = g.version_id LEFT JOIN benefit_code c ON c.grant_id = g.id
               WHERE g.id = $1 AND g.customer_id = $2 FOR NO KEY UPDATE OF g""",
            grant_id,
            customer_id,
        )
        if row is None:
            raise NotFound("benefit_grant.not_found", "没有这项权益")
        if row["state"] == GrantState.VOIDED:
            raise Conflict("benefit.voided", "这项权益已被收回")
        over = row["state"] == GrantState.EXPIRED or row["valid_until"] <= clock.now()
        if over and row["state"] != GrantState.REDEEMED:
            raise Conflict("benefit.expired", "这项权益已过期")
        if row["state"] == GrantState.GRANTED:
            await move(connection, [grant_id], GrantState.REDEEMED, "redeemed")
        if row["code_id"] is not None:
            await _note_showing(connection, grant_id)
    body: dict[str, Any] = msgspec.json.decode(row["body"])
    code = vault().open(row["sealed"]) if row["code_id"] is not None else None
    return Redeemed(code, body.get("how_to_use", ""))


async def _note_showing(connection: Connection, grant_id: int) -> None:
    await connection.execute("INSERT INTO code_showing (grant_id, shown_at) VALUES ($1, $2)", grant_id, clock.now())
