"""Actions that wait for an operator, or that one has decided on."""

from datetime import datetime

import msgspec

from domain.operators import OperatorIdentity, Role
from domain.risk.states import HoldState
from kit import database
from kit.database import Connection, Record
from kit.errors import NotFound

DECIDERS = (Role.CHECKER, Role.SUPPORT)


class Review(msgspec.Struct, frozen=True):
    """`until` is how long what was decided holds; `hours` how long it will."""

    id: int
    customer_id: int
    customer_no: str | None
    action: str
    state: HoldState
    version: int
    rule: str
    hours: int
    created_at: datetime
    until: datetime | None
    operator_id: int | None
    reason: str | None
    decided_at: datetime | None


_SELECT = """SELECT h.id, h.customer_id, c.customer_no, h.action, h.state, h.version, h.rule, h.hours, h.created_at,
                    h.until, h.operator_id, h.reason, h.decided_at, c.branch
             FROM risk_hold h JOIN customer c ON c.id = h.customer_id WHERE h.kind = 'review'"""


async def reviews(
    operator: OperatorIdentity, *, state: HoldState | None = None, before: int | None = None, limit: int = 20
) -> list[Review]:
    """Of customers of the operator's branches, newest first, from below the id `before`."""
    rows = await database.fetch(
        f"""{_SELECT} AND ($1::text IS NULL OR h.state = $1) AND ($2::bigint IS NULL OR h.id < $2)
              AND ($3::text[] IS NULL OR c.branch = ANY($3)) ORDER BY h.id DESC LIMIT $4""",
        str(state) if state else None,
        before,
        operator.within,
        limit,
    )
    return [_review(row) for row in rows]


async def read_review(operator: OperatorIdentity, review_id: int, connection: Connection | None = None) -> Review:
    """One. Raises `NotFound` (`risk.review_not_found`), also for another branch's."""
    sql = f"{_SELECT} AND h.id = $1"
    row = await (connection.fetchrow(sql, review_id) if connection else database.fetchrow(sql, review_id))
    if row is None or not operator.sees(row["branch"]):
        raise NotFound("risk.review_not_found", "没有这条待核实的操作")
    return _review(row)


def _review(row: Record) -> Review:
    return msgspec.convert({name: row[name] for name in Review.__struct_fields__}, Review)
