"""Servers every test may use: a throw-away PostgreSQL and Valkey, real ones, below a temp folder."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from domain import (
    audit,
    benefits,
    customers,
    exports,
    imports,
    operators,
    personal_data,
    reactions,
    risk,
)
from domain.customers.profile import forget_remembered
from kit import database as db
from kit import logging, redis
from kit.vault import Vault
from server.embedded import PostgresServer, reset, start_postgres, start_valkey
from server.migration import migrate
from tests.catalogues import CATALOGUES
from tests.platform import Platform, running_platform

# How fast examples are made says something of the machine, which others use too, and nothing of the program.
settings.register_profile("shared", suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")
_KEPT = ("tortoise_migrations", "revision")
_LARGE = 1 << 20


@dataclass(frozen=True)
class Servers:
    """What runs for the whole test session."""

    folder: Path
    postgres: PostgresServer
    redis_url: str


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--transactions", help="a CSV of transactions to send by each of the four ways")


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """PostgreSQL without fsync (crash tests bring their own) and Valkey."""
    logging.configure(json_lines=False, level="ERROR")
    folder = Path(tempfile.mkdtemp(prefix="cardquest-tests-"))
    folder.chmod(0o755)  # the server's own user must be able to enter
    postgres = start_postgres(folder, durable=False)
    valkey = start_valkey(folder)
    yield Servers(folder, postgres, valkey.url)
    valkey.stop()
    postgres.stop()
    reset(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
async def migrated(servers: Servers) -> str:
    """The URL of a database with the newest schema."""
    await migrate(servers.postgres.url)
    return servers.postgres.url


@pytest.fixture
async def database(migrated: str, servers: Servers) -> AsyncIterator[str]:
    """The house's own connection to a database that is empty but for its schema; reactions are installed."""
    await db.connect(migrated, pool=20)
    redis.connect(servers.redis_url)
    reactions.install()
    benefits.keep_codes_in(Vault({"test": "v" * 32}, "voucher-codes"))
    personal_data.keep_exports_in(Vault({"test": "v" * 32}, "data-exports"))
    customers.hide_erased_behind(Vault({"test": "v" * 32}, "pseudonyms"))
    operators.keep_secrets_in(Vault({"test": "v" * 32}, "second-factors"))
    audit.sign_anchors_with(Vault({"test": "v" * 32}, "audit-anchors"))
    exports.keep_files_in(Vault({"test": "v" * 32}, "exports"))
    imports.keep_rows_in(Vault({"test": "v" * 32}, "imports"))
    risk.hide_subjects_behind(Vault({"test": "v" * 32}, "risk-subjects"))
    await empty()
    yield migrated
    await redis.close()
    await db.close()


async def empty() -> None:
    """Nothing is stored any more but for the schema, and nothing remembered.

    A test writes to few of the many tables, and to empty one by TRUNCATE costs new files for it and its indexes: small
    ones lose their rows instead.
    """
    rows = await db.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    names = [row[0] for row in rows if row[0] not in _KEPT]
    held = " UNION ALL ".join(
        f"SELECT '{name}' AS name, pg_relation_size('\"{name}\"') AS size WHERE EXISTS (SELECT FROM \"{name}\")"
        for name in names
    )
    async with db.transaction() as connection:
        # The audit trail refuses to be emptied by anybody but a superuser who insists. Ids go on.
        await connection.execute("SET LOCAL session_replication_role = replica")
        written = await connection.fetch(held)
        large = [f'"{row["name"]}"' for row in written if row["size"] > _LARGE]
        if large:
            await connection.execute(f"TRUNCATE {', '.join(large)} CASCADE")
        await connection.execute(
            ";".join(f'DELETE FROM "{row["name"]}"' for row in written if row["size"] <= _LARGE) or "SELECT"
        )
        await connection.execute("INSERT INTO branch (code, name) VALUES ('HQ', '总行')")
    # The live set has changed: whoever remembers the last test's versions looks again.
    await db.execute("UPDATE revision SET number = number + 1")
    forget_remembered()
    for catalogue in CATALOGUES:
        await catalogue.refresh()


@pytest.fixture(scope="session")
def platform(servers: Servers) -> Iterator[Platform]:
    """The whole program in real processes with the demo's data; tests use customers and codes of their own."""
    url = start_postgres(servers.folder, durable=False, database="platform").url
    with running_platform(servers.folder / "platform", url, f"{servers.redis_url.split('?')[0]}?db=1") as running:
        yield running
