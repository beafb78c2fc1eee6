"""The benefits a customer has."""

from datetime import datetime
from typing import Any

import msgspec

from domain.benefits.states import GrantState
from kit import database
from kit.database import Record
from kit.errors import NotFound


class BenefitGrant(msgspec.Struct, frozen=True):
    """One grant as its owner sees it; without its code, which only redeeming shows."""

    id: int
    benefit: str
    name: str
    kind: str
    state: GrantState
    face_value_fen: int
    granted_at: datetime
    valid_until: datetime
    redeemed_at: datetime | None
    substitute_id: int | None = None


_SELECT = """SELECT g.id, g.benefit, v.body, g.state, g.granted_at, g.valid_until, g.redeemed_at, g.substitute_id
             FROM benefit_grant g JOIN configuration v ON v.id = g.version_id WHERE g.customer_id = $1"""


async def grants_of(customer_id: int, state: GrantState | None, before: int | None, limit: int) -> list[BenefitGrant]:
    """Newest first, from below the id `before`."""
    rows = await database.fetch(
        f"""{_SELECT} AND ($2::text IS NULL OR g.state = $2) AND ($3::bigint IS NULL OR g.id < $3)
            ORDER BY g.id DESC LIMIT $4""",
        customer_id,
        str(state) if state else None,
        before,
        limit,
    )
    return [_grant(row) for row in rows]


async def grant_of(customer_id: int, grant_id: int) -> BenefitGrant:
    """One of them. Raises `NotFound`, also for somebody else's."""
    row = await database.fetchrow(f"{_SELECT} AND g.id = $2", customer_id, grant_id)
    if row is None:
        raise NotFound("benefit_grant.not_found", "没有这项权益")
    return _grant(row)


def _grant(row: Record) -> BenefitGrant:
    body: dict[str, Any] = msgspec.json.decode(row["body"])
    return BenefitGrant(
        row["id"],
        row["benefit"],
        body["name"],
        body["kind"],
        GrantState(row["state"]),
        body.get("face_value_fen", 0),
        row["granted_at"],
        row["valid_until"],
        row["redeemed_at"],
        row["substitute_id"],
    )
