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
    "0014_budgets",
    "0018_coupon_sets",
)
STATEMENTS = [str(one) for name in MIGRATIONS for one in import_module(f"models.migrations.{name}").ADD]
NOW = "2026-11-22T00:00:00+00:00"
Connection = asyncpg.Connection


def named(pattern: str) -> set[str]:
    return {found[1] for statement in STATEMENTS if (found := re.match(pattern, statement))}


CHECKS = named(r"ALTER TABLE \w+ ADD CONSTRAINT (\w+) CHECK")
UNIQUES = named(r"CREATE UNIQUE INDEX (\w+) ON \w+ \(.*\) WHERE")
INDEXES = named(r"CREATE INDEX (\w+)")


@pytest.fixture
async def connection(migrated: str) -> AsyncIterator[Connection]:
    """One of its own, whose every change is rolled back."""
    connection = await asyncpg.connect(migrated)
    change = connection.transaction()
    await change.start()
    yield connection
    await change.rollback()
    await connection.close()


def test_every_statement_of_the_migration_is_looked_for() -> None:
    others = {
        one.split(" (")[0] for one in STATEMENTS if not re.match(r"ALTER TABLE \w+ ADD|CREATE (UNIQUE )?INDEX", one)
    }
    said_anew = "ALTER TABLE reward_grant DROP CONSTRAINT grant_state"
    assert others == {"INSERT INTO revision", "CREATE SEQUENCE change_no", "ALTER TABLE claim SET", said_anew}
    assert len(CHECKS) + len(UNIQUES) + len(INDEXES) + len(others) == len(STATEMENTS) - 1


async def test_every_check_is_in_the_catalog_and_valid(connection: Connection) -> None:
    sql = "SELECT conname FROM pg_constraint WHERE contype = 'c' AND convalidated"
    assert await column(connection, sql) >= CHECKS


async def test_every_partial_unique_index_is_in_the_catalog(connection: Connection) -> None:
    sql = """SELECT relname FROM pg_index JOIN pg_class c ON c.oid = indexrelid
             WHERE indisunique AND indisvalid AND indpred IS NOT NULL"""
    assert await column(connection, sql) >= UNIQUES


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
        'reward_grant (claim_id, round, "position")',
        "configuration (kind, code, version)",
        "identity (channel, subject)",
        "customer (customer_no)",
        "experience_entry (source)",
        "coupon (source)",
        "coupon_day (template, day)",
        "coupon_move (coupon_id, id)",
        "coupon_issue (maker_id, idempotency_key)",
        "coupon_issue_set (issue_id, number)",
        "compensation (maker_id, idempotency_key)",
        "expiry_reminder (customer_id, day)",
        "debt (grant_id)",
        "budget_entry (source, kind)",
        "budget_pot (campaign, branch)",
        "budget_day (campaign, branch, day)",
        "accounting_entry (coupon_id)",
        "loan (customer_id, idempotency_key)",
        "partner_nonce (partner, nonce)",
    } <= await column(connection, sql)


async def column(connection: Connection, sql: str) -> set[Any]:
    return {row[0] for row in await connection.fetch(sql)}


def configuration(state: str, checker: str, version: int = 1, code: str = "!a") -> str:
    return f"""INSERT INTO configuration (kind, code, version, state, body, content_hash, branch, maker_id, checker_id,
                                          created_at)
               VALUES ('tasks', '{code}', {version}, '{state}', '{{}}', '', 'HQ', 1, {checker}, '{NOW}')"""


def claim(state: str, round: int, completed_at: str) -> str:
    return f"""INSERT INTO claim (customer_id, task, version_id, cycle, state, progress, round, claimed_at, completed_at,
                                  turn, change_no)
               SELECT c.id, '!t', v.id, 'once', '{state}', '[]', {round}, '{NOW}', {completed_at}, 1, 1 {_OURS}"""


def coupon(state: str, source: str = "!a", loan: str = "NULL", until: str = "NULL") -> str:
    return f"""INSERT INTO coupon (template, version_id, customer_id, state, source, valid_from, valid_until, issued_at,
                                   change_no, loan_id, occupied_until)
               SELECT '!t', v.id, c.id, '{state}', '{source}', '{NOW}', '{NOW}', '{NOW}', 1, {loan}, {until} {_OURS}"""


def event(amount_fen: int) -> str:
    return f"""INSERT INTO event (source, event_id, type, customer_id, occurred_at, amount_fen, digest, received_at)
               SELECT '!s', 'e', 'purchase', c.id, '{NOW}', {amount_fen}, '', '{NOW}' {_OURS}"""


def offer(state: str, task: str = "!n", closed: str = "NULL", turn: int = 1) -> str:
    return f"""INSERT INTO task_offer (customer_id, task, pool, from_claim_id, round, rule, state, created_at, closed_at,
                                       change_no)
               SELECT c.id, '{task}', '!t', l.id, 1, 0, '{state}', '{NOW}', {closed}, 1
               FROM customer c JOIN claim l ON l.customer_id = c.id AND l.turn = {turn} WHERE c.customer_no = '!C'"""


def debt(state: str, settled: int, policy: str = "report") -> str:
    return f"""INSERT INTO debt (grant_id, customer_id, kind, amount, policy, state, settled, created_at)
               SELECT g.id, g.customer_id, 'coupon', 10, '{policy}', '{state}', {settled}, '{NOW}'
               FROM reward_grant g JOIN claim k ON k.id = g.claim_id WHERE k.task = '!t'"""


def message(category: str) -> str:
    return f"""INSERT INTO message (customer_id, version_id, template, title, body, category, dedupe_key, created_at,
                                    change_no)
               SELECT c.id, v.id, '!m', '', '', '{category}', 'k', '{NOW}', 1 {_OURS}"""


def benefit(state: str) -> str:
    return f"""INSERT INTO benefit_grant (benefit, version_id, customer_id, state, source, valid_until, granted_at,
                                          change_no)
               SELECT '!b', v.id, c.id, '{state}', '!s', '{NOW}', '{NOW}', 1 {_OURS}"""


def pot(reserved: int, committed: int) -> str:
    return f"""INSERT INTO budget_pot (campaign, branch, ceiling_fen, reserved_fen, committed_fen)
               VALUES ('!c', '', 100, {reserved}, {committed})"""


def budget_day(ceiling: str, reserved: int) -> str:
    return f"""INSERT INTO budget_day (campaign, branch, day, ceiling_fen, reserved_fen, committed_fen)
               VALUES ('!c', '', '2026-11-25', {ceiling}, {reserved}, 0)"""


def budget_entry(kind: str, amount_fen: int = 1) -> str:
    return f"""INSERT INTO budget_entry (source, kind, campaign, branch, day, customer_id, amount_fen, reason, at)
               SELECT '!s', '{kind}', '!c', '', '2026-11-25', id, {amount_fen}, '', '{NOW}'
               FROM customer WHERE customer_no = '!C'"""


def low_warning(subject: str = "budget", until: str = "NULL", day: str = "NULL") -> str:
    return f"""INSERT INTO low_warning (subject, code, branch, day, ceiling, used, at, until)
               VALUES ('{subject}', '!c', '', {day}, 10, 9, '{NOW}', {until})"""


GRANT = f"""INSERT INTO reward_grant (claim_id, round, position, customer_id, kind, amount, title, cost_fen, state,
                                      settles_at)
            SELECT id, 1, 1, customer_id, 'coupon', 1, '', 10, 'clawed_back', '{NOW}' FROM claim WHERE task = '!t'"""
_OURS = "FROM customer c, configuration v WHERE c.customer_no = '!C' AND v.code = '!a'"
CUSTOMER = f"INSERT INTO customer (customer_no, name, stage, created_at) VALUES ('!C', '', 'base', '{NOW}')"
LIVE = configuration("live", "2")
US = [CUSTOMER, LIVE]
DONE_AT, LOAN = f"'{NOW}'", "-7"
DONE = [*US, claim("completed", 1, DONE_AT)]
AGAIN = claim("completed", 1, DONE_AT).replace("1, 1 FROM", "2, 1 FROM")
STOCK = "INSERT INTO coupon_stock (template, stock, issued) VALUES ('!t', 10, {})"


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
        ([], STOCK.format(11), "issued_within_stock"),
        ([], STOCK.format(-1), "issued_within_stock"),
        ([], "INSERT INTO task_places (task, taken) VALUES ('!t', -1)", "places_not_negative"),
        (US, claim("completed", 1, "NULL"), "completed_has_a_round"),
        (US, claim("rewarded", 0, DONE_AT), "completed_has_a_round"),
        (US, claim("done", 1, DONE_AT), "claim_state"),
        (US, coupon("occupied", loan=LOAN), "occupied_has_loan_and_deadline"),
        (US, coupon("occupied", until=DONE_AT), "occupied_has_loan_and_deadline"),
        (US, coupon("used"), "used_has_loan"),
        (US, coupon("lost"), "coupon_state"),
        ([*US, coupon("used", loan=LOAN)], coupon("occupied", "!b", LOAN, DONE_AT), "one_coupon_per_loan"),
        (US, event(-1), "amount_not_negative"),
        ([*US, claim("claimed", 0, "NULL"), GRANT], debt("settled", 5), "debt_settled_is_paid"),
        ([*US, claim("claimed", 0, "NULL"), GRANT], debt("open", 10), "debt_settled_is_paid"),
        ([*US, claim("claimed", 0, "NULL"), GRANT], debt("open", 11), "debt_settled_within_amount"),
        ([*US, claim("claimed", 0, "NULL"), GRANT], debt("open", 5, "forgive"), "debt_policy"),
        (US, message("advert"), "message_category"),
        (US, benefit("redeemed"), "benefit_redeemed_at"),
        (US, benefit("lost"), "benefit_grant_state"),
        ([], "INSERT INTO benefit_stock (benefit, stock, issued) VALUES ('!b', 5, 6)", "benefit_issued_within_stock"),
        ([], pot(60, 41), "pot_within_ceiling"),
        ([], pot(-1, 10), "pot_within_ceiling"),
        ([], budget_day("50", 51), "day_within_ceiling"),
        ([], budget_day("NULL", -1), "day_within_ceiling"),
        ([], f"INSERT INTO budget (campaign, warn_at, since) VALUES ('!c', 0, '{NOW}')", "budget_warn_at"),
        ([CUSTOMER], budget_entry("undo"), "budget_entry_kind"),
        ([CUSTOMER], budget_entry("reserve", 0), "budget_entry_amount"),
        ([], low_warning("weather"), "low_warning_subject"),
        ([low_warning()], low_warning(), "one_open_warning"),
        ([CUSTOMER], "UPDATE customer SET billing_day = 32 WHERE customer_no = '!C'", "billing_day_of_a_month"),
        (DONE, offer("lost", closed=DONE_AT), "offer_state"),
        (DONE, offer("open", closed=DONE_AT), "closed_has_a_moment"),
        (DONE, offer("claimed"), "closed_has_a_moment"),
        ([*DONE, AGAIN, offer("open")], offer("open", turn=2), "one_open_offer"),
        ([*DONE, offer("withdrawn", closed=DONE_AT)], offer("open"), "uid_task_offer_from_cl_2feae3"),
    ],
)
async def test_what_may_never_be_is_refused(connection: Connection, before: list[str], refused: str, by: str) -> None:
    for statement in before:
        assert await connection.execute(statement) == "INSERT 0 1"
    with pytest.raises((asyncpg.CheckViolationError, asyncpg.UniqueViolationError)) as refusal:
        await connection.execute(refused)
    assert refusal.value.as_dict()["constraint_name"] == by


@pytest.mark.parametrize(
    "allowed",
    [
        [LIVE, configuration("superseded", "2", 2), configuration("draft", "NULL", 3)],
        [LIVE, configuration("live", "2", code="!b")],
        [configuration("ended", "NULL")],
        [STOCK.format(10)],
        [*US, coupon("used", loan=LOAN), coupon("unused", "!b", LOAN)],
        [*US, claim("completed", 1, DONE_AT), event(0)],
        [*DONE, AGAIN, offer("claimed", closed=DONE_AT), offer("open", turn=2)],
        [pot(60, 40), budget_day("NULL", 10**12)],
        [CUSTOMER, budget_entry("reserve"), budget_entry("commit"), budget_entry("release")],
        [low_warning(until=DONE_AT), low_warning(), low_warning(day="'2026-11-25'")],
    ],
)
async def test_what_may_be_is_not_refused(connection: Connection, allowed: list[str]) -> None:
    for statement in allowed:
        assert await connection.execute(statement) == "INSERT 0 1"


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
