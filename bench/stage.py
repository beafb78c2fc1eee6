"""What the benchmarks measure on: a durable PostgreSQL of their own, live tasks, customers, claims."""

import random
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from domain import coupons, customers, experience, reactions, tasks
from domain.coupons import CouponTemplate
from domain.customers.profile import forget_remembered
from domain.events import Event
from domain.tasks.definition import TaskDefinition
from kit import clock, database, logging
from kit.vault import Vault
from server.embedded import reset, start_postgres, start_valkey
from server.migration import migrate

MCCS = [str(code) for code in range(5000, 5200)]
HELD = 10


@dataclass(frozen=True)
class Stage:
    """Addresses of the servers."""

    folder: Path
    database_url: str
    redis_url: str


@contextmanager
def servers() -> Iterator[Stage]:
    """PostgreSQL with fsync on, Valkey; both gone afterwards."""
    logging.configure(json_lines=False, level="ERROR")
    folder = Path(tempfile.mkdtemp(prefix="cardquest-bench-"))
    folder.chmod(0o755)
    postgres, valkey = start_postgres(folder), start_valkey(folder)
    try:
        yield Stage(folder, postgres.url, valkey.url)
    finally:
        valkey.stop()
        postgres.stop()
        reset(folder)
        shutil.rmtree(folder, ignore_errors=True)


async def prepare(stage: Stage, task_count: int, customer_count: int, visible: int | None = None) -> None:
    """`task_count` live tasks, one in ten of them with two conditions; every customer holds ten of them and sees
    `visible` (all unless told).
    """
    await migrate(stage.database_url)
    await database.connect(stage.database_url, pool=8)
    reactions.install()
    customers.hide_erased_behind(Vault({"bench": "b" * 32}, "pseudonyms"))
    names = ", ".join(row[0] for row in await database.fetch(_TABLES))
    async with database.transaction() as connection:
        # The audit trail refuses to be emptied by anybody but a superuser who insists.
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(f"TRUNCATE {names}")
    forget_remembered()
    await database.executemany(
        _CONFIGURATION, [_task(number, hidden=number >= (visible or task_count)) for number in range(task_count)]
    )
    await database.execute(_CUSTOMERS, customer_count, clock.now())
    await database.execute(_CLAIMS, customer_count, HELD, task_count, clock.now() - timedelta(days=1))
    await database.execute("UPDATE revision SET number = number + 1")
    await database.execute("VACUUM ANALYZE")  # as autovacuum would have done
    for catalogue in (experience.catalogue, coupons.catalogue, tasks.catalogue):
        await catalogue.refresh()


def make_events(count: int, customer_count: int, source: str, seed: int = 7) -> list[Event]:
    """Purchases of the last hour, spread over customers and 200 MCCs."""
    rng, now = random.Random(seed), clock.now()
    return [
        Event(
            source=source,
            event_id=f"{source}-{seed}-{number}",
            type="purchase",
            customer_no=f"B{rng.randrange(customer_count)}",
            occurred_at=now - timedelta(seconds=rng.randrange(3600)),
            amount_fen=rng.randrange(100, 100_000),
            mcc=rng.choice(MCCS),
            merchant_id=f"M{rng.randrange(5000)}",
            channel="pos",
            card_token="ct_bench",
        )
        for number in range(count)
    ]


async def add_coupons(codes: Iterable[str], stock: int) -> None:
    """Live templates of the coupon centre, one for each customer, of whom everybody has had four coupons before."""
    body = {
        "name": "bench",
        "kind": "repayment",
        "value": {"amount_fen": 500},
        "issue": {"centre": True},
        "validity": {"mode": "dynamic", "days": 30},
        "stock": stock,
        "daily_cap": stock,
        "per_person": 1,
    }
    plain = msgspec.json.encode(msgspec.convert(body, CouponTemplate)).decode()
    for code in codes:
        await database.execute(_CONFIGURATION, "coupon-templates", code, plain, clock.now())
        await database.execute("INSERT INTO coupon_stock (template, stock, issued) VALUES ($1, $2, 0)", code, stock)
    await database.execute(_OLD_COUPONS, clock.now() - timedelta(days=90))
    await database.execute("UPDATE revision SET number = number + 1")
    await database.execute("VACUUM ANALYZE coupon")


def _task(number: int, hidden: bool) -> tuple[Any, ...]:
    mcc = MCCS[number % len(MCCS)]
    amount = {
        "category": "cumulative",
        "item": "purchase.amount",
        "where": {"mcc": {"in": [mcc]}},
        "at_least": 10**9,
        "window": "claim",
    }
    days = {**amount, "item": "purchase.days", "at_least": 100}
    content = {"all": [amount, days]} if number % 10 == 0 else amount
    body: dict[str, Any] = {
        "name": f"task {number}",
        "kind": "growth",
        "content": content,
        "rewards": [{"experience": 1}],
    }
    if hidden:
        body["visible"] = {"card_products": ["nobody has this"]}
    plain = msgspec.json.encode(msgspec.convert(body, TaskDefinition)).decode()
    return "tasks", f"bench-{number:05d}", plain, clock.now()


_TABLES = """SELECT quote_ident(tablename) FROM pg_tables
             WHERE schemaname = 'public' AND tablename NOT IN ('tortoise_migrations', 'revision')"""
_CONFIGURATION = """
INSERT INTO configuration (kind, code, version, state, body, content_hash, branch, maker_id, checker_id,
                           created_at, submitted_at, live_at)
VALUES ($1, $2, 1, 'live', $3::jsonb, '', 'HQ', 1, 2, $4, $4, $4)"""
_CUSTOMERS = """INSERT INTO customer (customer_no, name, stage, created_at)
                SELECT 'B' || n, '', 'payer', $2 FROM generate_series(0, $1::int - 1) AS n"""
# Customer n holds the tasks n*7, n*7+1 … so that claims spread evenly over tasks.
_CLAIMS = """
WITH task AS (SELECT id, code, row_number() OVER (ORDER BY code) - 1 AS place,
                     CASE WHEN body #> '{content,all}' IS NULL THEN '[{}]'::jsonb ELSE '[{}, {}]'::jsonb END AS states
              FROM configuration WHERE kind = 'tasks')
INSERT INTO claim (customer_id, task, version_id, cycle, turn, state, progress, round, claimed_at, change_no)
SELECT c.id, t.code, t.id, 'once', 1, 'claimed', t.states, 0, $4, nextval('change_no')
FROM customer c CROSS JOIN generate_series(0, $2::int - 1) AS k
JOIN task t ON t.place = (substr(c.customer_no, 2)::bigint * 7 + k) % $3::bigint
WHERE substr(c.customer_no, 2)::bigint < $1::bigint
"""
_OLD_COUPONS = """
INSERT INTO coupon (template, version_id, customer_id, state, source, valid_from, valid_until, issued_at, change_no)
SELECT 'old-' || n, v.id, c.id, 'expired', 'old:' || c.id || ':' || n, $1, $1, $1, nextval('change_no')
FROM customer c CROSS JOIN generate_series(1, 4) AS n
CROSS JOIN (SELECT min(id) AS id FROM configuration WHERE kind = 'coupon-templates') AS v
"""
