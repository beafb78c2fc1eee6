"""Claims of one hot coupon and the list of tasks over HTTP, against the authenticated no-op route in the same run."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from bench.load import Load, drive
from bench.stage import Stage, add_coupons, prepare
from kit import clock, database
from kit.tokens import SessionTokens
from server import local
from server.local import Place
from tests.platform import free_port

CUSTOMERS = 24_000
CLIENTS = (64, 256)
TURNS = 3
STOCK = 1_000_000


async def measure(stage: Stage) -> dict[str, Load]:
    """Each load in turns, the median run of each by rate: `no-op 64`, `claims 256`, …; checks that every claim answered
    201 is stored once.
    """
    place = Place(stage.folder / "web", free_port(), free_port())
    place.data_dir.mkdir(parents=True, exist_ok=True)
    environment = {**local.fill_in(place), "DATABASE_URL": stage.database_url, "REDIS_URL": stage.redis_url}
    await prepare(stage, 1_000, CUSTOMERS, visible=200)
    await add_coupons([f"{kind}-{clients}-{turn}" for kind in ("hot", "naive") for clients, turn in _TURNS], STOCK)
    try:
        tokens = await _sign_in_everybody(environment["SESSION_KEYS"])
        with _web(place.port, environment):
            runs = await _turns(place.port, tokens)
        await _check(runs)
        return {name: sorted(loads, key=lambda load: load.per_second)[TURNS // 2] for name, loads in runs.items()}
    finally:
        await database.close()


_TURNS = [(clients, turn) for turn in range(TURNS) for clients in CLIENTS]


async def _turns(port: int, tokens: list[str]) -> dict[str, list[Load]]:
    runs: dict[str, list[Load]] = defaultdict(list)
    share = len(tokens) // TURNS
    await drive(port, _each(tokens, "GET", "/bench/noop"), CLIENTS[0])  # every token verified once
    await drive(port, _each(tokens[:500], "GET", "/api/v1/tasks"), CLIENTS[0])  # the list of tasks encoded once
    for clients, turn in _TURNS:
        mine = tokens[turn * share : (turn + 1) * share]
        # A hot coupon of its own for each turn: everybody wants the same one.
        seeing = {"first tasks": _each(mine[:3000], "GET", "/api/v1/tasks")} if clients == CLIENTS[0] else {}
        loads = {
            "no-op": _each(mine, "GET", "/bench/noop"),
            **seeing,
            "claims": _each(mine, "POST", f"/api/v1/coupon-offers/hot-{clients}-{turn}/claims"),
            "naive": _each(mine[: share // 4], "POST", f"/bench/claims/naive-{clients}-{turn}"),
        }
        if clients == CLIENTS[0]:
            loads["tasks"] = _each(mine[:3000], "GET", "/api/v1/tasks")
        for name, requests in loads.items():
            runs[f"{name} {clients}"].append(await drive(port, requests, clients))
    return runs


async def _check(runs: dict[str, list[Load]]) -> None:
    """Every coupon that was acknowledged is stored, once for each customer and template, and counted."""
    rows = await database.fetch(
        """SELECT split_part(s.template, '-', 1), sum(c.stored), sum(c.different), sum(s.issued) FROM coupon_stock s
           JOIN (SELECT template, count(*) AS stored, count(DISTINCT customer_id) AS different
                 FROM coupon WHERE state = 'unused' GROUP BY template) c USING (template) GROUP BY 1"""
    )
    for kind, stored, different, counted in rows:
        name = {"hot": "claims", "naive": "naive"}[kind]
        answered = sum(load.statuses[201] for clients in CLIENTS for load in runs[f"{name} {clients}"])
        assert answered == stored == different == counted, f"{name}: {answered} acknowledged, {stored} stored"


def _each(tokens: list[str], method: str, path: str) -> Iterator[tuple[str, str, str]]:
    return iter([(method, path, token) for token in tokens])


async def _sign_in_everybody(session_keys: str) -> list[str]:
    """A session for every customer."""
    expires_at = clock.now() + timedelta(hours=2)
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
