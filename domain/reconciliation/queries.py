"""What the last check found."""

from datetime import datetime

import msgspec

from kit import database


class Checked(msgspec.Struct, frozen=True):
    """When an invariant was last checked, and how many rows broke it."""

    invariant: str
    violations: int
    checked_at: datetime


async def last_checks() -> list[Checked]:
    """The last check of each invariant, by name; none before the first."""
    rows = await database.fetch("SELECT invariant, violations, checked_at FROM invariant_check ORDER BY invariant")
    return [Checked(*row) for row in rows]
