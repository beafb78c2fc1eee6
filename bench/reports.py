"""Reports over 10 million events and 1 million coupons while coupons are claimed, and what counting costs the claims.

Run by itself (`python -m bench.reports`, with `--quick` a twentieth of it): making the rows takes minutes.
"""

import asyncio
import statistics as statistics_of
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import uvloop

from bench.stage import Stage, add_coupons, prepare, servers
from domain import coupons, statistics
from domain.coupons import OfferClaim
from domain.operators import HEAD_OFFICE, OperatorIdentity
from domain.statistics import Span, refresh
from kit import clock, database
from kit.group_commit import GroupCommit

CUSTOMERS = 100_000
CLIENTS = 256
TURNS = 9
_OPERATOR = OperatorIdentity(1, "auditor", "", frozenset(), HEAD_OFFICE)
_SPAN = Span()
REPORTS: dict[str, Callable[[], Awaitable[Any]]] = {
    "funnel by task": lambda: statistics.funnel(_OPERATOR, "subject", _SPAN, None, None),
    "funnel by day": lambda: statistics.funnel(_OPERATOR, "day", _SPAN, None, None),
    "coupons by day": lambda: statistics.coupons(_OPERATOR, "day", _SPAN, None, None),
    "coupons by branch": lambda: statistics.coupons(_OPERATOR, "branch", _SPAN, None, None),
    "events by day": lambda: statistics.events(_OPERATOR, "day", _SPAN),
    "events by type": lambda: statistics.events(_OPERATOR, "subject", _SPAN),
    "levels": lambda: statistics.levels(_OPERATOR),
    "one task, to the last commit": lambda: statistics.task_report(_OPERATOR, "bench-00000"),
}


async def measure(stage: Stage, events: int, held: int) -> dict[str, float]:
    """Seconds of the slowest answer of each report, `counting` rows a second, and `claims` a second with and without a
    worker that counts and an operator who asks for every report in turn.
    """
    await prepare(stage, 100, CUSTOMERS)
    await add_coupons([f"hot-{turn}-{way}" for turn in range(TURNS) for way in (0, 1)], 1_000_000)
    await database.execute("UPDATE customer SET branch = 'B' || id % 20")
    await _fill(events, held)
    found: dict[str, float] = {}
    began = time.perf_counter()
    while await refresh():
        pass
    rows = await database.fetchval("SELECT sum(number) FROM figure")
    found["counting"] = float(rows) / (time.perf_counter() - began)
    rates: dict[int, list[float]] = {0: [], 1: []}
    for turn in range(TURNS):
        for way in (turn % 2, 1 - turn % 2):
            async with _beside(stage, found) if way else _nothing():
                rates[way].append(await _claims(f"hot-{turn}-{way}", 60_000))
    found["claims alone"], found["claims beside"] = (statistics_of.median(rates[way]) for way in (0, 1))
    found["kept"] = statistics_of.median(beside / alone for alone, beside in zip(*rates.values(), strict=True))
    print("claims a second, alone and beside:", *(f"{a:,.0f}/{b:,.0f}" for a, b in zip(*rates.values(), strict=True)))
    while await refresh():
        pass
    await _check()
    await database.close()
    return found


async def _fill(events: int, held: int) -> None:
    now = clock.now()
    await database.execute(_EVENTS, events, CUSTOMERS, now)
    await database.execute(_COUPONS, held, CUSTOMERS, now)
    await database.execute("VACUUM ANALYZE")


async def _claims(template: str, count: int) -> float:
    """Claims a second through group commit, each by a customer of their own."""
    desk = GroupCommit(coupons.claim_offer, key=lambda claim: claim.template)
    await coupons.catalogue.refresh()
    people = iter([row["id"] for row in await database.fetch("SELECT id FROM customer ORDER BY id LIMIT $1", count)])
    began = time.perf_counter()

    async def client() -> None:
        for person in people:
            await desk.submit(OfferClaim(person, template, "key"))

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return count / (time.perf_counter() - began)


@asynccontextmanager
async def _nothing() -> AsyncIterator[None]:
    yield


@asynccontextmanager
async def _beside(stage: Stage, found: dict[str, float]) -> AsyncIterator[None]:
    """A process that counts and asks for reports, and tells how long the slowest answers took."""
    argv = [sys.executable, "-m", "bench.reports", "--beside", stage.database_url]
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: ASYNC220
    assert process.stdout is not None
    await asyncio.to_thread(process.stdout.readline)
    yield
    told, _ = await asyncio.to_thread(process.communicate, "stop\n")
    for line in told.splitlines():
        name, _, seconds = line.rpartition(" ")
        found[name] = max(found.get(name, 0.0), float(seconds))


async def _count_and_ask(url: str) -> None:
    await database.connect(url, pool=4)
    print("ready", flush=True)
    stopping = asyncio.create_task(asyncio.to_thread(sys.stdin.readline))
    slowest: dict[str, float] = {}

    async def counts() -> None:
        while not stopping.done():
            if not await refresh():
                await asyncio.sleep(5.0)  # as the worker

    async def asks() -> None:
        while not stopping.done():
            for name, report in REPORTS.items():
                began = time.perf_counter()
                await report()
                slowest[name] = max(slowest.get(name, 0.0), time.perf_counter() - began)
                await asyncio.sleep(1.0)

    await asyncio.gather(counts(), asks())
    for name, seconds in slowest.items():
        print(name, f"{seconds:.4f}")
    await database.close()


async def _check() -> None:
    """What was counted is what is there."""
    for name, (_, sql) in statistics.CHECKS.items():
        assert not await database.fetch(f"SELECT * FROM ({sql}) AS q LIMIT 1"), name


_EVENTS = """INSERT INTO event (source, event_id, type, customer_id, occurred_at, amount_fen, digest, received_at)
             SELECT 'bench', 'E' || n, (ARRAY['purchase', 'refund', 'repayment', 'app_login'])[1 + n % 4],
                    f.id + n % $2, $3::timestamptz - n % 365 * interval '1 day', n % 100000, '', $3
             FROM generate_series(1, $1::int) AS n, (SELECT min(id) AS id FROM customer) AS f"""
_COUPONS = """INSERT INTO coupon (template, version_id, customer_id, state, source, valid_from, valid_until, issued_at,
                                  change_no)
              SELECT 'held-' || n % 50, v.id, f.id + n % $2, (ARRAY['unused', 'voided', 'expired'])[1 + n % 3],
                     'held:' || n, $3::timestamptz, $3::timestamptz + interval '30 days',
                     $3::timestamptz - n % 365 * interval '1 day', nextval('change_no')
              FROM generate_series(1, $1::int) AS n, (SELECT min(id) AS id FROM customer) AS f,
                   (SELECT min(id) AS id FROM configuration WHERE kind = 'coupon-templates') AS v"""


def main() -> None:
    """Print a line for each figure."""
    if "--beside" in sys.argv:
        uvloop.run(_count_and_ask(sys.argv[-1]))
        return
    events, held = (500_000, 50_000) if "--quick" in sys.argv else (10_000_000, 1_000_000)
    with servers() as stage:
        found = uvloop.run(measure(stage, events, held))
    print(f"{events:,} events, {held:,} coupons, {CUSTOMERS:,} customers")
    for name in REPORTS:
        slowest = f"{1000 * found[name]:.0f} ms" if name in found else "not asked"
        print(f"| {name} | slowest {slowest} | < 1,000 ms |")
    print(f"| counting from nothing | {found['counting']:,.0f} rows/s | — |")
    alone, beside = found["claims alone"], found["claims beside"]
    less = f"{beside:,.0f}/s of {alone:,.0f}/s, {1 - found['kept']:.1%} less (median of {TURNS} pairs)"
    print(f"| claims while counting and reporting | {less} | < 10 % |")


if __name__ == "__main__":
    main()
