"""What the database itself refuses is really there, and really refused; migrating is safe to repeat and to race."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from importlib import import_module
from typing import Any

import asyncpg
import pytest

from server.embedded import start_postgres
from tests.conftest import Servers

MIGRATIONS = (
    "0002_constraints",
    "0004_messages",
    "0005_offers",
    "0006_debts",
    "0007_benefits",
    "0008_billing",
    "0009_speed",
    "0010_levels",
    "0011_versions",
    "0012_attention",
    "0013_mended",
    "0014_budgets",
    "0015_centre",
    "0016_loans",
    "0017_suppliers",
    "0018_coupon_sets",
    "0019_wechat",
    "0020_identity",
    "0021_delivery",
    "0022_operators",
    "0023_configuration",
    "0024_books",
    "0024b_imports",
    "0024c_exports",
    "0025_tags",
    "0026_audiences",
    "0030_seen",
    "0031_routing",
    "0028_risk",
    "0027_uses",
    "0029_journeys",
)
STATEMENTS = [str(one) for name in MIGRATIONS for one in import_module(f"models.migrations.{name}").ADD]
Connection = asyncpg.Connection


def named(pattern: str) -> set[str]:
    return {found[1] for statement in STATEMENTS if (found := re.match(pattern, statement))}


CHECKS = named(r"ALTER TABLE \w+ ADD CONSTRAINT (\w+) CHECK")
UNIQUES = named(r"CREATE UNIQUE INDEX (\w+) ON \w+ \(.*\) WHERE")
DROPPED = {"one_coupon_per_loan"}
INDEXES = named(r"CREATE INDEX (\w+)")


def test_every_statement_of_the_migration_is_looked_for() -> None:
    others = {
        one.split(" (")[0] for one in STATEMENTS if not re.match(r"ALTER TABLE \w+ ADD|CREATE (UNIQUE )?INDEX", one)
    }
    said_anew = {one for one in others if " DROP CONSTRAINT " in one or one.startswith("DROP INDEX")}
    filled = {one for one in others if one.startswith("UPDATE ")}
    assert others - said_anew - filled == {
        "INSERT INTO revision",
        "CREATE SEQUENCE change_no",
        "ALTER TABLE claim SET",
        "ALTER TABLE counted SET",
        "ALTER TABLE tag_value SET",
        "ALTER TABLE tag_state ALTER covered SET DEFAULT 0, ALTER took_ms SET DEFAULT 0, ALTER run_covered SET DEFAULT 0,"
        " ALTER run_ms SET DEFAULT 0",
        "ALTER TABLE tag_value DROP COLUMN id",
        "ALTER TABLE audience_member DROP COLUMN id",
        "ALTER TABLE journey_path DROP COLUMN id",
        "ALTER TABLE reward_grant ALTER change_no SET DEFAULT nextval('change_no'), ALTER change_no SET NOT NULL",
        "ALTER TABLE import_file ALTER id SET DEFAULT nextval('audience_file_id_seq')",
        "DROP SEQUENCE import_file_id_seq",
        "ALTER TABLE import_file ALTER target TYPE varchar(100)",
    }


async def test_every_check_is_in_the_catalog_and_valid(connection: Connection) -> None:
    sql = "SELECT conname FROM pg_constraint WHERE contype = 'c' AND convalidated"
    assert await column(connection, sql) >= CHECKS


async def test_every_partial_unique_index_is_in_the_catalog(connection: Connection) -> None:
    sql = """SELECT relname FROM pg_index JOIN pg_class c ON c.oid = indexrelid
             WHERE indisunique AND indisvalid AND indpred IS NOT NULL"""
    assert await column(connection, sql) >= UNIQUES - DROPPED


async def test_every_other_index_is_in_the_catalog(connection: Connection) -> None:
    sql = "SELECT relname FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE indisvalid"
    assert await column(connection, sql) >= INDEXES


async def test_what_makes_things_happen_once_is_unique(connection: Connection) -> None:
    sql = """SELECT tablename || ' ' || substring(indexdef FROM ' USING btree (.*)$') FROM pg_indexes
             WHERE indexdef LIKE 'CREATE UNIQUE INDEX %'"""
    assert {
        "event (source, event_id)",
        "suspended_event (source, event_id, digest)",
        "claim (customer_id, task, cycle, turn)",
        "task_offer (from_claim_id, task)",
        "task_offer (source)",
        "journey_run (journey, customer_id, turn)",
        "journey_path (run_id, number)",
        "journey_day (journey, day)",
        'reward_grant (claim_id, round, "position")',
        "configuration (kind, code, version)",
        "identity (channel, subject)",
        "customer (customer_no)",
        "experience_entry (source)",
        'level_gift (customer_id, rank, period, "position")',
        "standing_benefit (customer_id, benefit, period, turn)",
        "standing_benefit (grant_id)",
        "audience_piece (code, number)",
        "audience_member (code, import_id, customer_id)",
        "audience_snapshot_piece (snapshot_id, number)",
        "coupon (source)",
        "coupon_day (template, day)",
        "coupon_move (coupon_id, id)",
        "coupon_issue (maker_id, idempotency_key)",
        "coupon_issue_set (issue_id, number)",
        "counted (source, row_id)",
        "export (maker_id, idempotency_key)",
        "figure (source, subject, day, branch, measure)",
        'import_fault (file_id, "row")',
        "compensation (maker_id, idempotency_key)",
        "expiry_reminder (customer_id, day)",
        "debt (grant_id)",
        "budget_entry (source, kind)",
        "budget_pot (campaign, branch)",
        "budget_day (campaign, branch, day)",
        "accounting_entry (coupon_id) WHERE ((reverses_id IS NULL) AND (reversed_at IS NULL))",
        "accounting_entry (reverses_id)",
        "loan_coupon (loan_id, coupon_id)",
        "loan_discrepancy (loan_id, coupon_id, kind)",
        "loan (customer_id, idempotency_key)",
        "partner_nonce (partner, nonce)",
        "tag_value (tag, customer_id)",
        "benefit_code (supplier, digest)",
        "wechat_callback (app, dedupe_key)",
        "risk_hold (token)",
        "risk_list_entry (subject, list)",
    } <= await column(connection, sql)


async def column(connection: Connection, sql: str) -> set[Any]:
    return {row[0] for row in await connection.fetch(sql)}


@pytest.fixture
async def unmigrated(servers: Servers) -> AsyncIterator[str]:
    """A database without a schema."""
    url = start_postgres(servers.folder, durable=False, database="unmigrated").url
    yield url
    keeper = await asyncpg.connect(servers.postgres.url)
    await keeper.execute("DROP DATABASE unmigrated WITH (FORCE)")
    await keeper.close()


async def test_two_migrators_at_once_make_one_schema_and_the_second_finds_nothing_to_do(unmigrated: str) -> None:
    assert await asyncio.gather(_migrate(unmigrated), _migrate(unmigrated)) == [0, 0]
    connection = await asyncpg.connect(unmigrated)
    try:
        assert await column(connection, "SELECT conname FROM pg_constraint") >= CHECKS
        assert await connection.fetchval("SELECT count(*) FROM revision") == 1
    finally:
        await connection.close()


async def _migrate(url: str) -> int:
    """In a process of its own; its exit code."""
    program = "import asyncio, sys; from server.migration import migrate; asyncio.run(migrate(sys.argv[1]))"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, url)
    return await process.wait()
