"""Deleting an account: a week to think again, and what would be lost."""

from datetime import datetime, timedelta

import msgspec

from kit import clock, database
from kit.database import Connection

COOLING_OFF = timedelta(days=7)
COLUMNS = "id, state, requested_at, due_at"
RUNNING_LOANS = """
SELECT count(*) FROM loan WHERE customer_id = $1
AND (state = 'processing' OR (state = 'disbursed' AND decided_at + make_interval(months => periods) > $2))
"""
_LOSSES = """
SELECT 'experience' AS kind, '经验' AS name, balance AS amount FROM experience_account
WHERE customer_id = $1 AND balance > 0
UNION ALL
SELECT 'coupon', v.body ->> 'name', count(*) FROM coupon c JOIN configuration v ON v.id = c.version_id
WHERE c.customer_id = $1 AND c.state IN ('unused', 'occupied') AND c.valid_until > $2 GROUP BY v.body ->> 'name'
UNION ALL
SELECT 'benefit', v.body ->> 'name', count(*) FROM benefit_grant g JOIN configuration v ON v.id = g.version_id
WHERE g.customer_id = $1 AND g.state IN ('issuing', 'granted', 'redeeming') AND g.valid_until > $2
GROUP BY v.body ->> 'name'
UNION ALL
SELECT 'task', v.body ->> 'name', count(*) FROM claim c JOIN configuration v ON v.id = c.version_id
WHERE c.customer_id = $1 AND c.state IN ('claimed', 'completed') AND (c.expires_at IS NULL OR c.expires_at > $2)
GROUP BY v.body ->> 'name'
"""


class Deletion(msgspec.Struct, frozen=True):
    """cooling → done or cancelled; done no sooner than `due_at`."""

    id: int
    state: str
    requested_at: datetime
    due_at: datetime


class Loss(msgspec.Struct, frozen=True):
    """What is gone afterwards: `experience` points, unused `coupon`s and `benefit`s, running `task`s."""

    kind: str
    name: str
    amount: int


class Prospect(msgspec.Struct, frozen=True):
    """The deletion that is under way, if there is one; loans that stand in its way; what would be lost."""

    deletion: Deletion | None
    running_loans: int
    losses: list[Loss]


async def deletion_of(customer_id: int) -> Prospect:
    """The prospect of one customer."""
    async with database.connection() as connection:
        row = await connection.fetchrow(
            f"SELECT {COLUMNS} FROM account_deletion WHERE customer_id = $1 AND state = 'cooling'", customer_id
        )
        losses = await connection.fetch(_LOSSES, customer_id, clock.now())
        loans = await running_loans(connection, customer_id)
    return Prospect(Deletion(*row) if row else None, loans, [Loss(*loss) for loss in losses])


async def running_loans(connection: Connection, customer_id: int) -> int:
    """How many loans are being decided, or have instalments to come."""
    return int(await connection.fetchval(RUNNING_LOANS, customer_id, clock.now()))
