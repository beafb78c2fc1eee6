"""What the database refuses of imports, exports and the marks of what was counted."""

import asyncpg
import pytest

from tests.models.conftest import Connection
from tests.models.rows import DONE_AT, NOW


def export(state: str, checker: str = "2", ready: str = "NULL") -> str:
    return f"""INSERT INTO export (body, content_hash, branch, state, maker_id, checker_id, idempotency_key, created_at,
                                   decided_at, ready_at, expires_at)
               VALUES ('{{}}', '', 'HQ', '{state}', 1, {checker}, '!k', '{NOW}',
                       CASE WHEN {checker} IS NOT NULL THEN timestamptz '{NOW}' END, {ready}, {ready})"""


def file(state: str, closed: str = "NULL", kind: str = "customers", rows: int = 2, accepted: int = 2) -> str:
    return f"""INSERT INTO import_file (kind, target, name, digest, bytes, dry_run, state, branch, made_by, created_at,
                                        closed_at, rows, position, accepted, duplicates, faulty)
               VALUES ('{kind}', '', '', '!d', 1, false, '{state}', 'HQ', 1, '{NOW}', {closed}, {rows}, 0, {accepted},
                       0, 0)"""


LIST = "INSERT INTO trial_list (campaign, changes, listed, struck) VALUES ('!c', 0, '{}', '{}')"
MARK = "INSERT INTO counting_mark (source, done, horizon) VALUES ('!s', 0, 5)"


@pytest.mark.parametrize(
    ("before", "refused", "by"),
    [
        ([], export("lost"), "export_state"),
        ([], export("approved", checker="1"), "export_maker_is_not_checker"),
        ([], export("approved", checker="NULL"), "export_was_checked"),
        ([], export("submitted"), "export_was_checked"),
        ([], export("ready"), "export_ready_expires"),
        ([], export("approved", ready=DONE_AT), "export_ready_expires"),
        ([], file("lost"), "import_file_state"),
        ([], file("running", kind="wishes"), "import_file_kind"),
        ([], LIST, "trial_list_was_changed"),
        ([], file("done"), "import_file_closed"),
        ([], file("running", closed=DONE_AT), "import_file_closed"),
        ([], file("done", closed=DONE_AT, accepted=1), "import_file_done_is_whole"),
        ([], file("running", accepted=3), "import_file_within_rows"),
        ([], file("failed"), "import_file_failed"),
        ([file("running")], file("received"), "import_file_once"),
        ([], MARK, "counting_mark_horizon"),
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
        [export("submitted", "NULL")],
        [export("ready", ready=DONE_AT)],
        [file("cancelled", closed=DONE_AT), file("received", accepted=0)],
        [file("done", closed=DONE_AT)],
    ],
)
async def test_what_may_be_is_not_refused(connection: Connection, allowed: list[str]) -> None:
    for statement in allowed:
        assert await connection.execute(statement) == "INSERT 0 1"
