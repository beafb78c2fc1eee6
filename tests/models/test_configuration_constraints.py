"""What the table of configurations refuses of approvers, schedules and states, and what it lets pass."""

import asyncpg
import pytest

Connection = asyncpg.Connection
MAKER, CHECKER, THIRD, NOBODY = "1", "2", "3", "NULL"
NOW = "'2026-11-22T00:00:00+00:00'"


def version(
    state: str, checker: str = CHECKER, third: str = NOBODY, over: bool = False, at: str = "NULL", number: int = 1
) -> str:
    return f"""INSERT INTO configuration (kind, code, version, state, body, content_hash, branch, maker_id, checker_id,
                                          created_at, budget_approver_id, over_limit, scheduled_at)
               VALUES ('tasks', '!c', {number}, '{state}', '{{}}', '', 'HQ', {MAKER}, {checker}, {NOW}, {third}, {over},
                       {at})"""


@pytest.mark.parametrize(
    ("before", "refused", "by"),
    [
        (None, version("live", MAKER), "maker_is_not_checker"),
        (None, version("scheduled", NOBODY, at=NOW), "live_was_checked"),
        (None, version("checked", NOBODY, over=True), "live_was_checked"),
        (None, version("checked"), "checked_is_over_limit"),
        (None, version("scheduled"), "scheduled_has_a_time"),
        (None, version("live", over=True), "over_limit_was_approved"),
        (None, version("scheduled", over=True, at=NOW), "over_limit_was_approved"),
        (None, version("live", third=MAKER, over=True), "budget_approver_is_a_third"),
        (None, version("live", third=CHECKER, over=True), "budget_approver_is_a_third"),
        (None, version("draft", NOBODY, third=THIRD), "budget_approver_is_a_third"),
        (version("scheduled", at=NOW), version("draft", NOBODY, number=2), "one_version_in_the_making"),
        (version("checked", over=True), version("submitted", NOBODY, number=2), "one_version_in_the_making"),
    ],
)
async def test_refused(connection: Connection, before: str | None, refused: str, by: str) -> None:
    if before is not None:
        await connection.execute(before)
    with pytest.raises((asyncpg.CheckViolationError, asyncpg.UniqueViolationError)) as refusal:
        await connection.execute(refused)
    assert refusal.value.as_dict()["constraint_name"] == by


@pytest.mark.parametrize(
    "allowed",
    [
        version("live"),
        version("checked", over=True),
        version("scheduled", third=THIRD, over=True, at=NOW),
        version("live", third=THIRD, over=True),
        version("submitted", NOBODY),
    ],
)
async def test_allowed(connection: Connection, allowed: str) -> None:
    assert await connection.execute(allowed) == "INSERT 0 1"
