"""Claims of one task and the list of tasks over HTTP, against the authenticated no-op route in the same run."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from bench.load import Load, drive
from bench.stage import Stage, prepare
from kit import clock, database
from kit.tokens import SessionTokens
from server import local
from server.local import Place
from tests.platform import free_port

CUSTOMERS = 24_000
CLIENTS = 64
TURNS = 3


async def measure(stage: Stage) -> dict[str, Load]:
    """Each load in turns, the median run of each by rate; checks that every claim answered 201 is stored once."""
    place = Place(stage.folder / "web", free_port(), free_port())
    place.data_dir.mkdir(parents=True, exist_ok=True)
    environment = {**local.fill_in(place), "DATABASE_URL": stage.database_url, "REDIS_URL": stage.redis_url}
    await prepare(stage, 1_000, CUSTOMERS, visible=200)
    try:
        tokens = await _sign_in_everybody(environment["SESSION_KEYS"])
        with _web(place.port, environment):
            runs = await _turns(place.port, tokens)
        stored = await database.fetchval(
            "SELECT count(*) FROM claim WHERE claimed_at > $1", clock.now() - timedelta(hours=1)
        )
        answered = sum(load.statuses[201] for name in ("claims", "naive claims") for load in runs[name])
        assert stored == answered, f"{answered} claims were acknowledged, {stored} are stored"
        return {name: sorted(loads, key=lambda load: load.per_second)[TURNS // 2] for name, loads in runs.items()}
    finally:
        await database.close()


async def _turns(port: int, tokens: list[str]) -> dict[str, list[Load]]:
    runs: dict[str, list[Load]] = {"no-op": [], "claims": [], "naive claims": [], "tasks": []}
    share = len(tokens) // TURNS
    naive = share // 4
    await drive(port, _each(tokens, "GET", "/bench/noop"), CLIENTS)  # every token verified once
    for turn in range(TURNS):
        mine = tokens[turn * share : (turn + 1) * share]
        runs["no-op"].append(await drive(port, _each(mine, "GET", "/bench/noop"), CLIENTS))
        claims = _each(mine, "POST", "/api/v1/tasks/bench-00150/claims")
        runs["claims"].append(await drive(port, claims, CLIENTS))
        one_by_one = _each(mine[:naive], "POST", "/bench/claims/bench-00160")
        runs["naive claims"].append(await drive(port, one_by_one, CLIENTS))
        runs["tasks"].append(await drive(port, _each(mine[:1000], "GET", "/api/v1/tasks"), CLIENTS))
    return runs


def _each(tokens: list[str], method: str, path: str) -> Iterator[tuple[str, str, str]]:
    return iter([(method, path, token) for token in tokens])


async def _sign_in_everybody(session_keys: str) -> list[str]:
    """A session for every customer, and no claims of the two tasks that are claimed."""
    expires_at = clock.now() + timedelta(hours=2)
    await database.execute("DELETE FROM claim WHERE task IN ('bench-00150', 'bench-00160')")
    rows = await database.fetch(
        """INSERT INTO customer_session (id, customer_id, channel, created_at, expires_at)
           SELECT 's' || id, id, 'bank_app', $1, $1 FROM customer RETURNING id, customer_id""",
        expires_at,
    )
    keys = dict(part.split(":", 1) for part in session_keys.split(","))

    async def nobody(_session_id: str) -> None:
        return None

    issuer: SessionTokens[None] = SessionTokens(keys, "cardquest", nobody)
    return [issuer.issue(str(row[1]), row[0], expires_at) for row in rows]


@contextmanager
def _web(port: int, environment: dict[str, str]) -> Iterator[None]:
    argv = [sys.executable, "-m", "bench.server", str(port)]
    process = subprocess.Popen(argv, env={**os.environ, **environment, "LOG_LEVEL": "ERROR"})
    try:
        _wait(f"http://127.0.0.1:{port}/readyz")
        yield
    finally:
        process.terminate()
        process.wait()


def _wait(url: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.1)
    raise TimeoutError(url)
