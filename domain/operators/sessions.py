"""Sessions as their holders and administrators see them."""

from datetime import datetime

import msgspec

from kit import clock, database


class Session(msgspec.Struct, frozen=True):
    """An open session; `used_at` lags behind by up to a minute."""

    id: str
    created_at: datetime
    used_at: datetime
    expires_at: datetime


async def sessions(operator_id: int) -> list[Session]:
    """The open sessions of an operator, the latest first."""
    rows = await database.fetch(
        """SELECT id, created_at, coalesce(used_at, created_at), expires_at FROM operator_session
           WHERE operator_id = $1 AND revoked_at IS NULL AND expires_at > $2 ORDER BY created_at DESC, id""",
        operator_id,
        clock.now(),
    )
    return [Session(*row) for row in rows]
