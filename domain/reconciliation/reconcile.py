"""Check every invariant now."""

from domain.reconciliation.check import Verdict, check
from kit import database


async def reconcile() -> list[Verdict]:
    """Those that do not hold, on one read-only snapshot; nothing is recorded."""
    async with database.snapshot() as connection:
        return (await check(connection)).broken
