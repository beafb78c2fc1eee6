"""The owner redeems a benefit: its code is shown."""

from typing import Any

import msgspec

from domain import customers
from domain.benefits.codes import vault
from domain.benefits.moves import move
from domain.benefits.states import GrantState
from kit import clock, database
from kit.database import Connection, Record
from kit.errors import Conflict, NotFound


class Redeemed(msgspec.Struct, frozen=True):
    """`code` is None for a benefit that needs none."""

    code: str | None
    how_to_use: str


async def redeem(customer_id: int, grant_id: int) -> Redeemed:
    """Redeem a grant of this customer, or show the code of one that is redeemed again; every showing is noted. Where
    the supplier confirms, it is `redeeming` until the usage is told.

    Raises `NotFound` (also for somebody else's), `Conflict` (`benefit.expired`, `benefit.voided`, `benefit.replaced`,
    `benefit.issuing`, `benefit.failed`).
    """
    async with database.transaction() as connection:
        await customers.lock(connection, [customer_id])
        row = await connection.fetchrow(
            """SELECT g.state, g.valid_until, g.substitute_id, v.body, c.id AS code_id, c.sealed FROM benefit_grant g
               JOIN configuration v ON v.id = g.version_id LEFT JOIN benefit_code c ON c.grant_id = g.id
               WHERE g.id = $1 AND g.customer_id = $2 FOR NO KEY UPDATE OF g""",
            grant_id,
            customer_id,
        )
        if row is None:
            raise NotFound("benefit_grant.not_found", "没有这项权益")
        body: dict[str, Any] = msgspec.json.decode(row["body"])
        _check_redeemable(row)
        if row["state"] == GrantState.GRANTED:
            after = GrantState.REDEEMING if body.get("confirmed_by_supplier") else GrantState.REDEEMED
            await move(connection, [grant_id], after, "redeemed")
        if row["code_id"] is not None:
            await _note_showing(connection, grant_id)
    code = vault().open(row["sealed"]) if row["code_id"] is not None else None
    return Redeemed(code, body.get("how_to_use", ""))


def _check_redeemable(row: Record) -> None:
    state = GrantState(row["state"])
    if state is GrantState.VOIDED and row["substitute_id"] is not None:
        raise Conflict("benefit.replaced", "这项权益已为您换成另一项，请在“我的权益”中查看")
    if state is GrantState.VOIDED:
        raise Conflict("benefit.voided", "这项权益已被收回")
    if state is GrantState.ISSUING:
        raise Conflict("benefit.issuing", "权益正在发放，请稍后再试")
    if state is GrantState.FAILED:
        raise Conflict("benefit.failed", "这项权益未能发放")
    if state is GrantState.EXPIRED or (state is not GrantState.REDEEMED and row["valid_until"] <= clock.now()):
        raise Conflict("benefit.expired", "这项权益已过期")


async def _note_showing(connection: Connection, grant_id: int) -> None:
    await connection.execute("INSERT INTO code_showing (grant_id, shown_at) VALUES ($1, $2)", grant_id, clock.now())
