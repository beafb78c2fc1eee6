"""What the database itself refuses is really there, and really refused; migrating is safe to repeat and to race."""

import asyncio
import re
from collections.abc import AsyncIterator
from importlib import import_module

import asyncpg
import pytest

from kit import database
from server.embedded import start_postgres
from tests.conftest import Servers

STATEMENTS = [str(one) for one in import_module("models.migrations.0002_constraints").ADD]
NOW = "2026-11-22T00:00:00+00:00"


def named(pattern: str) -> list[str]:
    return [found[1] for statement in STATEMENTS if (found := re.search(pattern, statement))]


CHECKS = named(r"ADD CONSTRAINT (\w+)")
UNIQUES = named(r"CREATE UNIQUE INDEX (\w+)")
INDEXES = named(r"CREATE INDEX (\w+)")


def test_every_statement_of_the_migration_is_looked_for() -> None:
    others = [one for one in STATEMENTS if not re.search(r"ADD CONSTRAINT|CREATE (UNIQUE )?INDEX", one)]
    assert len(CHECKS) + len(UNIQUES) + len(INDEXES) + len(others) == len(STATEMENTS)
    assert [one.split(" (")[0] for one in others] == ["INSERT INTO revision", "CREATE SEQUENCE change_no"]
    assert (len(CHECKS) > 10, len(UNIQUES) >= 3) == (True, True)


@pytest.mark.parametrize("name", CHECKS)
async def test_a_check_is_in_the_catalog_and_valid(database: str, name: str) -> None:
    assert await fetchval("SELECT contype::text || convalidated FROM pg_constraint WHERE conname = $1", name) == "ctrue"


@pytest.mark.parametrize("name", UNIQUES)
async def test_a_partial_unique_index_is_in_the_catalog(database: str, name: str) -> None:
    sql = """SELECT indisunique AND indisvalid AND indpred IS NOT NULL
             FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE c.relname = $1"""
    assert await fetchval(sql, name) is True


@pytest.mark.parametrize("name", INDEXES)
async def test_an_index_is_in_the_catalog(database: str, name: str) -> None:
    sql = "SELECT indisvalid FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE c.relname = $1"
    assert await fetchval(sql, name) is True


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("event", "source, event_id"),
        ("suspended_event", "source, event_id, digest"),
        ("claim", "customer_id, task, cycle, turn"),
        ("reward_grant", "claim_id, round, position"),
        ("configuration", "kind, code, version"),
        ("identity", "channel, subject"),
        ("customer", "customer_no"),
        ("experience_entry", "source"),
        ("coupon", "source"),
        ("coupon_day", "template, day"),
        ("loan", "customer_id, idempotency_key"),
        ("partner_nonce", "partner, nonce"),
    ],
)
async def test_what_makes_things_happen_once_is_unique(database: str, table: str, columns: str) -> None:
    sql = "SELECT indexdef FROM pg_indexes WHERE tablename = $1 AND indexdef LIKE 'CREATE UNIQUE INDEX %'"
    found = [row[0].replace('"', "") for row in await fetch(sql, table)]
    assert any(definition.endswith(f"({columns})") for definition in found), found


def configuration(state: str, checker: str, version: int = 1, code: str = "a") -> str:
    return f"""INSERT INTO configuration (kind, code, version, state, body, content_hash, branch, maker_id, checker_id,
                                          created_at)
               VALUES ('tasks', '{code}', {version}, '{state}', '{{}}', '', 'HQ', 1, {checker}, '{NOW}')"""


def claim(state: str, round: int, completed_at: str) -> str:
    return f"""INSERT INTO claim (customer_id, task, version_id, cycle, state, progress, round, claimed_at, completed_at,
                                  turn, change_no)
               SELECT c.id, 't', v.id, 'once', '{state}', '[]', {round}, '{NOW}', {completed_at}, 1, 1
               FROM customer c, configuration v"""


CUSTOMER = f"INSERT INTO customer (customer_no, name, stage, created_at) VALUES ('C1', '', 'base', '{NOW}')"
LIVE = configuration("live", "2")
COUPON = f"""INSERT INTO coupon (template, version_id, customer_id, state, source, valid_from, valid_until, issued_at,
                                 change_no, loan_id, occupied_until)
             SELECT 't', v.id, c.id, '%s', '%s', '{NOW}', '{NOW}', '{NOW}', 1, %s, %s FROM customer c, configuration v"""
UNDER = [CUSTOMER, LIVE]
UNTIL = f"'{NOW}'"


@pytest.mark.parametrize(
    ("before", "refused", "by"),
    [
        ([], configuration("live", "1"), "maker_is_not_checker"),
        ([], configuration("live", "NULL"), "live_was_checked"),
        ([], configuration("paused", "NULL"), "live_was_checked"),
        ([], configuration("gone", "2"), "configuration_state"),
        ([LIVE], configuration("live", "2", 2), "one_live_version"),
        ([LIVE], configuration("paused", "2", 2), "one_live_version"),
        ([configuration("draft", "NULL")], configuration("submitted", "NULL", 2), "one_version_in_the_making"),
        ([], "INSERT INTO coupon_stock (template, stock, issued) VALUES ('t', 10, 11)", "issued_within_stock"),
        ([], "INSERT INTO coupon_stock (template, stock, issued) VALUES ('t', 10, -1)", "issued_within_stock"),
        ([], "INSERT INTO task_places (task, taken) VALUES ('t', -1)", "places_not_negative"),
        (UNDER, claim("completed", 1, "NULL"), "completed_has_a_round"),
        (UNDER, claim("rewarded", 0, f"'{NOW}'"), "completed_has_a_round"),
        (UNDER, claim("done", 1, f"'{NOW}'"), "claim_state"),
        (UNDER, COUPON % ("occupied", "a", 1, "NULL"), "occupied_has_loan_and_deadline"),
        (UNDER, COUPON % ("used", "a", "NULL", "NULL"), "used_has_loan"),
        (UNDER, COUPON % ("lost", "a", "NULL", "NULL"), "coupon_state"),
        ([*UNDER, COUPON % ("used", "a", 7, "NULL")], COUPON % ("occupied", "b", 7, UNTIL), "one_coupon_per_loan"),
        (
            [CUSTOMER],
            f"""INSERT INTO event (source, event_id, type, customer_id, occurred_at, amount_fen, digest, received_at)
                SELECT 's', 'e', 'purchase', id, '{NOW}', -1, '', '{NOW}' FROM customer""",
            "amount_not_negative",
        ),
    ],
)
async def test_what_may_never_be_is_refused(database: str, before: list[str], refused: str, by: str) -> None:
    for statement in before:
        await execute(statement)
    with pytest.raises((asyncpg.CheckViolationError, asyncpg.UniqueViolationError)) as refusal:
        await execute(refused)
    assert refusal.value.as_dict()["constraint_name"] == by


@pytest.mark.parametrize(
    "allowed",
    [
        [LIVE, configuration("superseded", "2", 2), configuration("draft", "NULL", 3)],
        [LIVE, configuration("live", "2", code="b")],
        [configuration("ended", "NULL")],
        [*UNDER, COUPON % ("used", "a", 7, "NULL"), COUPON % ("unused", "b", 7, "NULL")],
    ],
)
async def test_what_may_be_is_not_refused(database: str, allowed: list[str]) -> None:
    for statement in allowed:
        await execute(statement)


@pytest.fixture
async def empty(servers: Servers) -> AsyncIterator[str]:
    """A database without a schema."""
    url = start_postgres(servers.folder, durable=False, database="unmigrated").url
    yield url
    guard = await asyncpg.connect(servers.postgres.url)
    await guard.execute("DROP DATABASE unmigrated WITH (FORCE)")
    await guard.close()


async def test_migrating_twice_and_two_at_once_make_one_schema(empty: str) -> None:
    await asyncio.gather(*(_migrate_elsewhere(empty) for _ in range(2)))
    await _migrate_elsewhere(empty)
    connection = await asyncpg.connect(empty)
    try:
        assert await connection.fetchval("SELECT count(*) FROM revision") == 1
        checks = await connection.fetch("SELECT conname FROM pg_constraint WHERE conname = ANY($1)", CHECKS)
        assert sorted(row[0] for row in checks) == sorted(CHECKS)
    finally:
        await connection.close()


async def _migrate_elsewhere(url: str) -> None:
    pass


async def fetch(sql: str, *values: object) -> list[asyncpg.Record]:
    return await database.fetch(sql, *values)


async def fetchval(sql: str, *values: object) -> object:
    return await database.fetchval(sql, *values)


async def execute(sql: str) -> None:
    await database.execute(sql)
