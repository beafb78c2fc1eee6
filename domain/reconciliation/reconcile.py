"""Check every invariant."""

import msgspec

from domain.reconciliation.invariants import INVARIANTS
from kit import database

SHOWN = 20


class Violation(msgspec.Struct, frozen=True):
    """An invariant that does not hold, and the first rows that break it."""

    invariant: str
    says: str
    rows: list[dict[str, str]]


async def reconcile() -> list[Violation]:
    """All violations; each invariant is one query on one snapshot."""
    found: list[Violation] = []
    for invariant in INVARIANTS:
        rows = await database.fetch(f"{invariant.sql} LIMIT {SHOWN}")
        if rows:
            broken = [{key: str(value) for key, value in row.items()} for row in rows]
            found.append(Violation(invariant.name, invariant.says, broken))
    return found
