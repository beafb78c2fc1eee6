"""What an operator was refused enters the audit trail."""

from datetime import timedelta

import msgspec

from domain.audit import HEAD_LOCK
from domain.operators.acted import acted
from domain.operators.identity import OperatorIdentity
from kit import clock, database

REFUSED = "refused"
_LONGEST = 200
_MINUTE = timedelta(minutes=1)


class Refusal(msgspec.Struct, frozen=True):
    """A request that was refused: of the route `method` and `route`, for the `path`, with the code of the problem."""

    operator: OperatorIdentity
    method: str
    route: str
    path: str
    code: str


async def note_refusal(refusal: Refusal) -> bool:
    """Record it, unless one of this operator and route within the last minute stands there, whichever process wrote it;
    returns whether it did.

    Locks the head of the trail.
    """
    subject = refusal.route[:_LONGEST]
    async with database.transaction() as connection:
        await connection.execute("SELECT pg_advisory_xact_lock($1)", HEAD_LOCK)
        known = await connection.fetchval(
            """SELECT EXISTS (SELECT FROM audit_entry WHERE operator = $1 AND action = $2 AND subject = $3 AND at > $4
                              AND detail::jsonb ->> 'method' = $5)""",
            refusal.operator.username,
            REFUSED,
            subject,
            clock.now() - _MINUTE,
            refusal.method,
        )
        if known:
            return False
        detail = {"method": refusal.method, "path": refusal.path[:_LONGEST], "code": refusal.code}
        await acted(connection, refusal.operator, REFUSED, subject, detail)
    return True
