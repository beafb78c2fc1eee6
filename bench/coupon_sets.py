"""Coupons per second to a whole audience, against one raw `INSERT … SELECT` of the same coupons in the same run.

Ours makes more than the coupons: their history, the counters, the customers' locks, the cursor, each set durable by
itself. The second baseline inserts the history as well, so that one sees what the rest costs.
"""

import time
from collections.abc import Awaitable, Callable

from bench.stage import Stage
from domain import approvals, coupon_issues, coupons
from domain.coupon_issues import Audience, IssueRequest
from domain.customers.profile import forget_remembered
from domain.operators import HEAD_OFFICE, OperatorIdentity, Role
from kit import clock, database
from server.migration import migrate

ROUNDS = 3
_MAKER = OperatorIdentity(1, "maker", "", frozenset({Role.MAKER}), HEAD_OFFICE)
_CHECKER = OperatorIdentity(2, "checker", "", frozenset({Role.CHECKER}), HEAD_OFFICE)


async def measure(stage: Stage, customer_count: int) -> dict[str, float]:
    """Issue and raw inserts in turns; medians of coupons per second, and their ratios."""
    await migrate(stage.database_url)
    await database.connect(stage.database_url, pool=8)
    try:
        await _prepare(customer_count)
        rates: dict[str, list[float]] = {"issue": [], "insert": [], "with_history": []}
        for turn in range(ROUNDS):
            for name, work in (("insert", _insert), ("issue", _issue), ("with_history", _insert_with_history)):
                rates[name].append(await _rate(work, customer_count, turn))
        middle = {name: sorted(of)[len(of) // 2] for name, of in rates.items()}
        return {
            **middle,
            "ratio": middle["issue"] / middle["insert"],
            "history_ratio": middle["issue"] / middle["with_history"],
        }
    finally:
        await database.close()


async def _prepare(customer_count: int) -> None:
    names = ", ".join(row[0] for row in await database.fetch(_TABLES))
    async with database.transaction() as connection:
        # The audit trail refuses to be emptied by anybody but a superuser who insists.
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(f"TRUNCATE {names}")
    forget_remembered()
    now = clock.now()
    await database.execute(
        """INSERT INTO customer (customer_no, name, stage, created_at)
           SELECT 'S' || n, '', 'payer', $2 FROM generate_series(1, $1::int) AS n""",
        customer_count,
        now,
    )
    template = coupons.CouponTemplate(
        name="bench",
        kind=coupons.CouponKind.INTEREST_FREE_DAYS,
        value=coupons.CouponValue(days=7),
        validity=coupons.DynamicValidity(days=30),
        stock=2 * customer_count,
        daily_cap=2 * customer_count,
    )
    await approvals.save_draft(coupons.TEMPLATES, "bench", template, _MAKER)
    await approvals.submit(coupons.TEMPLATES, "bench", _MAKER)
    await approvals.approve(coupons.TEMPLATES, "bench", _CHECKER)
    await coupons.catalogue.refresh()


async def _rate(work: Callable[[int], Awaitable[None]], customer_count: int, turn: int) -> float:
    """On empty tables, statistics and checkpoint out of the way."""
    await database.execute("TRUNCATE coupon, coupon_day, coupon_issue CASCADE")
    await database.execute("UPDATE coupon_stock SET issued = 0")
    await database.execute("VACUUM ANALYZE")
    await database.execute("CHECKPOINT")
    began = time.perf_counter()
    await work(turn)
    rate = customer_count / (time.perf_counter() - began)
    made = await database.fetchrow("SELECT count(*), count(DISTINCT customer_id) FROM coupon")
    assert made is not None
    assert tuple(made) == (customer_count, customer_count), "a coupon too many or too few"
    return rate


async def _issue(turn: int) -> None:
    asked = IssueRequest("bench", "bench", audience=Audience(stages=["payer"]))
    made = await coupon_issues.make(_MAKER, asked, f"bench {turn}")
    await coupon_issues.approve(_CHECKER, made.issue.id)
    while await coupon_issues.issue_next_set():
        pass


async def _insert(turn: int) -> None:
    await database.execute(_RAW, clock.now())


async def _insert_with_history(turn: int) -> None:
    await database.execute(
        f"""WITH made AS ({_RAW} RETURNING id)
            INSERT INTO coupon_move (coupon_id, after, reason, moved_at) SELECT id, 'unused', 'bench', $1 FROM made""",
        clock.now(),
    )


_TABLES = """SELECT quote_ident(tablename) FROM pg_tables
             WHERE schemaname = 'public' AND tablename NOT IN ('tortoise_migrations', 'revision')"""
_RAW = """INSERT INTO coupon (template, version_id, customer_id, state, source, valid_from, valid_until, issued_at,
                              change_no)
          SELECT 'bench', v.id, c.id, 'unused', 'issue:1:' || c.id, $1::timestamptz,
                 $1::timestamptz + interval '30 days', $1, nextval('change_no')
          FROM customer c, configuration v WHERE v.code = 'bench' AND c.stage = 'payer'"""
