"""What the database refuses of consents, erased customers, files and deletions."""

import asyncpg
import pytest

from tests.models.conftest import Connection
from tests.models.rows import CUSTOMER, NOW

OURS = "FROM customer c WHERE c.customer_no = '!C'"


def consent(purpose: str) -> str:
    return f"""INSERT INTO consent (customer_id, purpose, granted, document_version, via, at)
               SELECT c.id, '{purpose}', true, 'v', 'h5', '{NOW}' {OURS}"""


def export(state: str, sealed: str = "NULL", ready: str = f"'{NOW}'") -> str:
    return f"""INSERT INTO data_export (customer_id, day, state, requested_at, ready_at, expires_at, sealed)
               SELECT c.id, '2026-11-22', '{state}', '{NOW}', {ready}, {ready}, {sealed} {OURS}"""


def deletion(state: str, closed: str = "NULL") -> str:
    return f"""INSERT INTO account_deletion (customer_id, state, requested_at, due_at, closed_at)
               SELECT c.id, '{state}', '{NOW}', '{NOW}', {closed} {OURS}"""


@pytest.mark.parametrize(
    ("before", "refused", "by"),
    [
        ([], consent("everything"), "consent_purpose"),
        (
            ["UPDATE customer SET name = '何小明' WHERE customer_no = '!C'"],
            "UPDATE customer SET erased_at = now() WHERE customer_no = '!C'",
            "erased_is_nobody",
        ),
        ([], export("lost"), "data_export_state"),
        ([], export("ready"), "data_export_sealed_while_ready"),
        ([], export("expired", "'x'"), "data_export_sealed_while_ready"),
        ([], export("ready", "'x'", "NULL"), "data_export_ready_has_an_end"),
        ([export("expired")], export("waiting"), "uid_data_export"),
        ([], deletion("lost", f"'{NOW}'"), "account_deletion_state"),
        ([], deletion("cooling", f"'{NOW}'"), "account_deletion_closed"),
        ([], deletion("cancelled"), "account_deletion_closed"),
        ([], deletion("done", f"timestamptz '{NOW}' - interval '1 second'"), "account_deletion_cooled_off"),
        ([deletion("cooling")], deletion("cooling"), "one_deletion_cooling"),
    ],
)
async def test_what_may_never_be_is_refused(connection: Connection, before: list[str], refused: str, by: str) -> None:
    for statement in (CUSTOMER, *before):
        await connection.execute(statement)
    with pytest.raises((asyncpg.CheckViolationError, asyncpg.UniqueViolationError)) as refusal:
        await connection.execute(refused)
    assert refusal.value.as_dict()["constraint_name"].startswith(by)


async def test_what_was_closed_may_begin_anew(connection: Connection) -> None:
    await connection.execute(CUSTOMER)
    for statement in (deletion("cancelled", f"'{NOW}'"), deletion("done", f"'{NOW}'"), deletion("cooling")):
        assert await connection.execute(statement) == "INSERT 0 1"
    assert await connection.execute(consent("privacy")) == "INSERT 0 1"
