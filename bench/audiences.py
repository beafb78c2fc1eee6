"""Audiences over 10 million customers: algebra, one membership test, loading; and a refresh of a rule from rows.

Run by itself (`python -m bench.audiences`, with `--quick` a tenth of the rows): making them takes half a minute.
"""

import random
import statistics
import sys
import time
from array import array
from collections.abc import Callable
from typing import Any

import msgspec
import uvloop
from pyroaring import BitMap64

from bench.stage import Stage, servers
from domain import audiences, reactions
from domain.audiences.definition import Combination
from domain.audiences.pieces import pieces_of
from domain.audiences.rules import combined
from kit import clock, database
from server.migration import migrate

IDS = 10_000_000
TURNS = 5
CALLS = 200_000
RULE = {
    "all": [
        {"field": "stage", "in": ["payer", "wealth"]},
        {"did": "purchase", "where": {"mcc": {"in": ["5411"]}}, "at_least": 2, "days": 30},
    ]
}


async def measure(stage: Stage, customers: int) -> list[str]:
    """The lines of the table."""
    await migrate(stage.database_url)
    await database.connect(stage.database_url, pool=8)
    reactions.install()
    lines = [*await _in_memory(), *await _from_rows(customers)]
    await database.close()
    return lines


async def _in_memory() -> list[str]:
    """Worst first: every second id at random, so that nothing of it is a run or empty."""
    rng = random.Random(7)
    sets = {code: BitMap64(array("Q", (n for n in range(IDS) if rng.random() < 0.5))) for code in ("a", "b", "c")}
    everybody = BitMap64(range(IDS))
    tree = msgspec.convert({"all": ["a", {"any": ["b", {"not": ["c"]}]}]}, Combination)
    found = combined(tree, sets.__getitem__, everybody)
    assert len(found) == len(sets["a"] & (sets["b"] | (everybody - sets["c"])))
    ways: dict[str, Callable[[], Any]] = {
        "a and b": lambda: sets["a"] & sets["b"],
        "a or b": lambda: sets["a"] | sets["b"],
        "a and not b": lambda: sets["a"] - sets["b"],
        "a and (b or not c)": lambda: combined(tree, sets.__getitem__, everybody),
    }
    lines = [f"| {name}, {IDS:,} ids | {_median(way) * 1e3:.1f} ms | < 50 ms |" for name, way in ways.items()]
    for code, ids in sets.items():
        await _store(code, ids)
    began = time.perf_counter()
    await audiences.catalogue.refresh()
    lines.append(f"| loading three of them | {(time.perf_counter() - began) * 1e3:.0f} ms | — |")
    asked = [rng.randrange(IDS) for _ in range(CALLS)]
    assert [audiences.contains("a", one) for one in asked[:1000]] == [one in sets["a"] for one in asked[:1000]]
    began = time.perf_counter()
    for one in asked:
        audiences.contains("a", one)
    lines.append(f"| one membership test | {(time.perf_counter() - began) / CALLS * 1e6:.2f} µs | < 2 µs |")
    return lines


def _median(way: Callable[[], Any]) -> float:
    seconds = []
    for _ in range(TURNS):
        began = time.perf_counter()
        way()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


async def _store(code: str, ids: BitMap64) -> None:
    await _live(code, {"name": code, "rule": RULE}, edition=1, members=len(ids))
    await database.executemany(
        "INSERT INTO audience_piece (code, number, members, bits) VALUES ($1, $2, $3, $4)",
        [(code, *piece) for piece in pieces_of(ids)],
    )


async def _live(code: str, body: dict[str, Any], edition: int, members: int) -> None:
    """Live and, with an edition, worked out."""
    now = clock.now()
    await database.execute(
        """WITH made AS (
             INSERT INTO configuration (kind, code, version, state, body, content_hash, branch, maker_id, checker_id,
                                        created_at, live_at)
             VALUES ('audiences', $1, 1, 'live', $2::jsonb, '', 'HQ', 1, 2, $3, $3) RETURNING id)
           INSERT INTO audience (code, version_id, edition, members, as_of, due_at)
           SELECT $1, id, $4, $5, CASE WHEN $4 > 0 THEN $3 END, CASE WHEN $4 = 0 THEN $3 END FROM made""",
        code,
        msgspec.json.encode(body).decode(),
        now,
        edition,
        members,
    )


async def _from_rows(customers: int) -> list[str]:
    """The rule as the worker works it out, against counting its customers by hand."""
    now = clock.now()
    await database.execute(_CUSTOMERS, customers, now)
    await database.execute(_EVENTS, customers * 2, customers, now)
    await database.execute("VACUUM ANALYZE")
    began = time.perf_counter()
    wanted = await database.fetchval(_BY_HAND)
    by_hand = time.perf_counter() - began
    await _live("rule", {"name": "rule", "rule": RULE}, edition=0, members=0)
    began = time.perf_counter()
    assert await audiences.refresh_next() == 1
    seconds = time.perf_counter() - began
    members = await database.fetchval("SELECT members FROM audience WHERE code = 'rule'")
    assert members == wanted, (members, wanted)
    rows = f"{customers:,} customers, {customers * 2:,} events"
    return [f"| a rule, {rows}, {members:,} members | {seconds:.2f} s | counted by hand in {by_hand:.2f} s |"]


_CUSTOMERS = """INSERT INTO customer (customer_no, name, stage, created_at)
                SELECT 'B' || n, '', (ARRAY['base', 'payer', 'wealth'])[1 + n % 3], $2
                FROM generate_series(0, $1::int - 1) AS n"""
_EVENTS = """INSERT INTO event (source, event_id, type, customer_id, occurred_at, amount_fen, mcc, digest, received_at)
             SELECT 'bench', 'E' || n, (ARRAY['purchase', 'purchase', 'purchase', 'app_login'])[1 + n % 4],
                    f.id + (hashint4(n::int)::bigint & 2147483647) % $2, $3::timestamptz - n % 60 * interval '1 day',
                    1 + n % 100000, (ARRAY['5411', '5541'])[1 + n % 2], '', $3
             FROM generate_series(1, $1::int) AS n, (SELECT min(id) AS id FROM customer) AS f"""
_BY_HAND = """SELECT count(*) FROM customer c JOIN (
                SELECT customer_id FROM event WHERE type = 'purchase' AND mcc = '5411'
                  AND occurred_at >= (date_trunc('day', now() AT TIME ZONE 'Asia/Shanghai') - interval '29 days')
                                     AT TIME ZONE 'Asia/Shanghai'
                GROUP BY customer_id HAVING count(*) >= 2) AS often ON often.customer_id = c.id
              WHERE c.stage IN ('payer', 'wealth')"""


def main() -> None:
    """Print a line for each figure."""
    with servers() as stage:
        lines = uvloop.run(measure(stage, 50_000 if "--quick" in sys.argv else 500_000))
    print("| what | result | goal |\n|---|---|---|")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
