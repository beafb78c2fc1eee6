"""Ask every invariant whether it holds."""

import time
from datetime import datetime

import msgspec

from domain.reconciliation.invariants import INVARIANTS, Invariant
from kit import clock
from kit.database import Connection

SHOWN = 20


class Verdict(msgspec.Struct, frozen=True):
    """Whether an invariant holds: how many rows break it, the first of them, and how long the question took."""

    invariant: str
    says: str
    violations: int
    rows: list[dict[str, str]]
    seconds: float


class Report(msgspec.Struct, frozen=True):
    """The verdict on every invariant, in their order, all on the snapshot of `checked_at`."""

    checked_at: datetime
    verdicts: list[Verdict]

    @property
    def broken(self) -> list[Verdict]:
        """Those that do not hold."""
        return [verdict for verdict in self.verdicts if verdict.violations]

    @property
    def seconds(self) -> float:
        """How long it all took."""
        return sum(verdict.seconds for verdict in self.verdicts)


async def check(connection: Connection) -> Report:
    """Each invariant is one query. On `database.snapshot()` all of them see the same commits, and none in flight."""
    now = clock.now()
    return Report(now, [await _ask(connection, invariant) for invariant in INVARIANTS])


async def _ask(connection: Connection, invariant: Invariant) -> Verdict:
    began = time.perf_counter()
    rows = await connection.fetch(f"SELECT count(*) OVER () AS of_all, q.* FROM ({invariant.sql}) AS q LIMIT {SHOWN}")
    seconds = time.perf_counter() - began
    broken = [{key: str(value) for key, value in list(row.items())[1:]} for row in rows]
    return Verdict(invariant.name, invariant.says, rows[0]["of_all"] if rows else 0, broken, seconds)
