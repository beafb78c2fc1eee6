"""Operators' own queries: what they may say, whom they find, and that they can do no harm."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from domain import audiences, events
from domain.audiences import AUDIENCES
from domain.audiences.definition import AudienceDefinition
from domain.audiences.kind import check
from domain.audiences.query import SCHEMA, TABLES, parsed, rewritten
from domain.audiences.run_query import READER
from domain.events import Event
from kit import clock
from kit import database as db
from kit.errors import RuleViolated
from tests.domain.audiences.stage import audience, customer, document, inside, put, standing, worked_out
from tests.domain.coupons.stage import MAKER, publish
from tests.domain.tasks.time_machine import TimeMachine

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)

REFUSED = [
    "",
    "SELECT",
    "DELETE FROM customers RETURNING customer_id",
    "WITH gone AS (DELETE FROM customers RETURNING customer_id) SELECT customer_id FROM gone",
    "SELECT customer_id FROM customers; DROP TABLE customer",
    "SELECT customer_id INTO mine FROM customers",
    "SELECT customer_id FROM customers FOR UPDATE",
    "SELECT customer_id FROM customer",
    "SELECT customer_id FROM public.customers",
    "SELECT customer_id FROM pg_catalog.pg_class",
    "SELECT customer_id FROM operator",
    "SELECT oid AS customer_id FROM pg_authid",
    "SELECT customer_id FROM customers WHERE pg_sleep(100) IS NULL",
    "SELECT customer_id FROM customers WHERE current_user = 'x'",
    "SELECT customer_id FROM customers WHERE set_config('role', 'none', false) = ''",
    "SELECT customer_id FROM customers WHERE pg_read_file('/etc/passwd') LIKE 'x%'",
    "SELECT customer_id FROM customers WHERE query_to_xml('DROP TABLE customer', true, true, '') IS NULL",
    "SELECT customer_id FROM customers, LATERAL (SELECT 1) AS x",
    "SELECT customer_id FROM customers, generate_series(1, 1000000000)",
    "SELECT customer_id FROM pg_ls_dir('.')",
    "WITH RECURSIVE a AS (SELECT customer_id FROM customers UNION ALL SELECT customer_id FROM a)"
    " SELECT customer_id FROM a",
    "SELECT * FROM customers",
    "SELECT c.* FROM customers c",
    "SELECT customer_id, stage FROM customers",
    "SELECT level AS customer_id FROM customers UNION SELECT 1",
    "SELECT count(*) AS customer_id FROM customers",
    "SELECT customer_id FROM customers WHERE ctid IS NOT NULL",
    "SELECT customer_id FROM customers WHERE phone = 'x'",
    "SELECT customer_id FROM events WHERE card_token = 'x'",
    "SELECT customer_id FROM customers WHERE stage = $1",
    "SELECT customer_id FROM customers WHERE 'customer'::regclass IS NULL",
    "SELECT customer_id FROM customers TABLESAMPLE SYSTEM (1)",
    "WITH customers AS (SELECT customer_id FROM tags) SELECT customer_id FROM customers",
    "COPY customers TO '/tmp/x'",
    "EXPLAIN ANALYZE SELECT customer_id FROM customers",
    "VALUES (1)",
    "TABLE customers",
    "SET ROLE postgres",
    "DO $$ BEGIN END $$",
    "SELECT customer_id FROM customers WHERE " + " AND ".join(["level > 0"] * 1_000),
    "SELECT customer_id FROM customers WHERE " + "(" * 4_000 + "true" + ")" * 4_000,
]


@pytest.mark.parametrize("sql", REFUSED, ids=[f"{place}" for place in range(len(REFUSED))])
def test_what_is_no_plain_question_is_refused(sql: str) -> None:
    query, faults = parsed(sql)
    assert query is None
    assert faults
    assert all(fault.path == "sql" and fault.code.startswith("sql.") for fault in faults)


def test_a_query_is_written_anew() -> None:
    query, faults = parsed("""select C.customer_id /* ; DROP */ from CUSTOMERS c -- harmless
                              where since > now() - interval '1 day' and since::date < current_date""")
    assert not faults
    assert query is not None
    assert rewritten(query, NOW) == (
        f'SELECT "c"."customer_id" FROM "{SCHEMA}"."customers" AS "c" WHERE "since" > '
        "CAST('2026-11-20T04:00:00+00:00' AS TIMESTAMPTZ) - INTERVAL '1 DAY'"
        " AND CAST(\"since\" AS DATE) < CAST('2026-11-20' AS DATE)"
    )


async def test_queries_find_whom_they_ask_for(database: str, time_machine: TimeMachine) -> None:
    rich, poor, wealthy = await customer(), await customer(), await customer(stage="wealth", branch="SH")
    for who, amount in ((rich, 90_000), (poor, 10), (wealthy, 10)):
        number = await db.fetchval("SELECT customer_no FROM customer WHERE id = $1", who)
        told = Event("test", f"e{who}", "purchase", number, clock.now() - timedelta(hours=1), amount_fen=amount)
        await events.ingest([told])
    spent = """WITH spent AS (SELECT customer_id, sum(amount_fen) AS fen FROM events
                 WHERE type = 'purchase' AND occurred_at >= now() - interval '30 days' GROUP BY customer_id)
               SELECT s.customer_id FROM spent s WHERE s.fen > 50000
               UNION SELECT customer_id FROM customers WHERE stage IN ('wealth') AND branch = 'SH'"""
    await audience("spenders", sql=spent)
    assert inside("spenders", [rich, poor, wealthy]) == {rich, wealthy}
    # What a query calls now is our own clock's.
    time_machine(days=40)
    await worked_out()
    assert inside("spenders", [rich, poor, wealthy]) == {wealthy}


async def test_a_querys_members_are_cardholders_of_its_branch(database: str) -> None:
    own, foreign, gone = await customer(branch="SH"), await customer(branch="BJ"), await customer(branch="SH")
    version = await publish(AUDIENCES, "all", document(sql="SELECT customer_id FROM events"))
    await db.execute("UPDATE configuration SET branch = 'SH' WHERE id = $1", version.id)
    for who in (own, foreign, gone):
        number = await db.fetchval("SELECT customer_no FROM customer WHERE id = $1", who)
        await events.ingest([Event("test", f"e{who}", "app_login", number, clock.now() - timedelta(hours=1))])
    await put(gone, erased_at=clock.now())
    await worked_out()
    assert inside("all", [own, foreign, gone]) == {own}


async def test_what_the_database_would_refuse_is_refused_when_it_is_written(database: str) -> None:
    for sql in (
        "SELECT customer_id FROM customers WHERE name = 'x'",
        "SELECT customer_id FROM customers WHERE stage > 5",
        "SELECT stage AS customer_id FROM customers",
        "SELECT customer_id FROM customers WHERE since > DATE '2026-02-31'",
    ):
        with pytest.raises(RuleViolated) as refused:
            await check("new", AudienceDefinition("n", sql=sql))
        assert [one.path for one in refused.value.faults] == ["sql"], sql


async def test_a_query_that_fails_as_it_runs_is_told_to_who_tries_it(database: str) -> None:
    await customer()
    divides = AudienceDefinition("n", sql="SELECT customer_id FROM customers WHERE 1 / level > 0")
    with pytest.raises(RuleViolated, match="audience.impossible"):
        await audiences.preview(MAKER, divides)
    await publish(AUDIENCES, "divides", document(sql="SELECT customer_id FROM customers WHERE 1 / level > 0"))
    await worked_out()
    assert "division by zero" in (await standing("divides"))["failure"]


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM public.customer",
        "UPDATE audience_sql.customers SET stage = 'x'",
        "CREATE TABLE mine (x int)",
        "CREATE TEMPORARY TABLE mine (x int)",
        "SELECT 1 FROM public.customer",
        "SELECT 1 FROM public.operator",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY (SELECT 1) TO '/tmp/harm'",
    ],
)
async def test_the_role_can_do_no_harm_even_without_our_reading(database: str, harm: str) -> None:
    with pytest.raises(asyncpg.PostgresError):
        async with db.snapshot() as connection:
            await connection.execute(f"SET LOCAL ROLE {READER}")
            await connection.execute(harm)


async def test_the_role_reads_exactly_what_queries_may_name(database: str) -> None:
    rows = await db.fetch(
        "SELECT table_schema, table_name FROM information_schema.role_table_grants WHERE grantee = $1", READER
    )
    assert {tuple(row) for row in rows} == {(SCHEMA, name) for name in TABLES}
    columns = await db.fetch(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = $1"
        " ORDER BY table_name, ordinal_position",
        SCHEMA,
    )
    found: dict[str, tuple[str, ...]] = {}
    for row in columns:
        found[row[0]] = (*found.get(row[0], ()), row[1])
    assert found == TABLES


async def test_after_a_query_the_connection_is_our_own_again(database: str) -> None:
    await audiences.preview(MAKER, AudienceDefinition("n", sql="SELECT customer_id FROM customers"))
    for _ in range(20):
        assert await db.fetchval("SELECT current_user") != READER
        assert await db.fetchval("SHOW statement_timeout") == "0"
