"""Looks on from outside: invariants while everything is on fire, rest once it is over."""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import msgspec

from domain.reconciliation import INVARIANTS
from tests.faults.house import House

_LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
_PATIENCE_S = 90.0
_QUIET_S = 3.0


class Watcher:
    """Checks every invariant again and again: each is one query, so it must hold at any moment."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.checks = 0
        self.violations: list[str] = []

    async def watch(self) -> None:
        """Until cancelled; a crash of PostgreSQL interrupts only that look."""
        while True:
            with suppress(*_LOST):
                await self.look()
            await asyncio.sleep(0.5)

    async def look(self) -> None:
        """One look at every invariant."""
        connection = await asyncpg.connect(self._house.postgres.url)
        try:
            for invariant in INVARIANTS:
                rows = await connection.fetch(f"{invariant.sql} LIMIT 3")
                self.checks += 1
                self.violations += [f"{invariant.name}: {dict(row)}" for row in rows]
        finally:
            connection.terminate()


_WAITING = {
    "facts in the outbox": "SELECT count(*) FROM outbox WHERE parked_at IS NULL",
    "rewards due": "SELECT count(*) FROM reward_grant WHERE state = 'pending' AND settles_at <= $1",
    "claims to expire": "SELECT count(*) FROM claim WHERE state = 'claimed' AND expires_at <= $1",
}
_FOR_EVER = {
    "facts are parked": "SELECT count(*) FROM outbox WHERE parked_at IS NOT NULL",
    "transactions were left open": "SELECT count(*) FROM pg_stat_activity WHERE xact_start < now() - interval '2 s'",
    "locks are waited for": "SELECT count(*) FROM pg_locks WHERE waitstart < now() - interval '2 s'",
}


async def come_to_rest(house: House) -> list[str]:
    """Waits until nothing is left to do; what still waits after a long while."""
    deadline = time.monotonic() + _PATIENCE_S
    connection = await asyncpg.connect(house.postgres.url)
    try:
        while True:
            now = datetime.fromtimestamp(house.now(), UTC)
            waiting = {what: await _count(connection, sql, now) for what, sql in _WAITING.items()}
            if not any(waiting.values()):
                return []
            if time.monotonic() > deadline:
                return [f"{number} {what} after {_PATIENCE_S:.0f} s" for what, number in waiting.items() if number]
            await asyncio.sleep(0.2)
    finally:
        await connection.close()


async def _count(connection: asyncpg.Connection, sql: str, now: datetime) -> int:
    number: int = await connection.fetchval(sql, *([now] if "$1" in sql else []))
    return number


async def left_for_ever(house: House, connection: asyncpg.Connection) -> list[str]:
    """Once at rest: what will never move again, and loops that fail though nothing is wrong."""
    before = {log: log.stat().st_size for log in _logs(house)}
    await asyncio.sleep(_QUIET_S)
    stuck = {what: await connection.fetchval(sql) for what, sql in _FOR_EVER.items()}
    failing = [f"{log.stem} goes on failing: {line}" for log, size in before.items() for line in _errors(log, size)]
    return [f"{number} {what}" for what, number in stuck.items() if number] + failing


def deadlocks(house: House) -> int:
    """How often PostgreSQL had to break one."""
    return sum(log.read_text(errors="replace").count("deadlock detected") for log in house.logs.glob("postgres.log*"))


def failures(house: House) -> int:
    """Errors the processes logged."""
    return sum(len(_errors(log, 0)) for log in _logs(house))


def _logs(house: House) -> list[Path]:
    return [house.logs / f"{process.name}.log" for process in house.processes]


def _errors(log: Path, offset: int) -> list[str]:
    lines = log.read_bytes()[offset:].splitlines()
    told = [msgspec.json.decode(line) for line in lines if line.startswith(b"{") and line.endswith(b"}")]
    return [f"{line['event']} {line.get('job', line.get('path', ''))}" for line in told if line["level"] == "error"]
