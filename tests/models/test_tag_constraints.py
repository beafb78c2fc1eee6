"""What the database refuses of tags and their values."""

import asyncpg
import pytest

from tests.models.conftest import Connection
from tests.models.rows import CUSTOMER, DONE_AT, NOW

TAG = "INSERT INTO tag_state (tag) VALUES ('!t')"


def state(**columns: object) -> str:
    names, values = ", ".join(columns), ", ".join(str(value) for value in columns.values())
    return f"INSERT INTO tag_state (tag, {names}) VALUES ('!t', {values})"


def value(flag: str = "NULL", number: str = "NULL", text: str = "NULL") -> str:
    return f"""INSERT INTO tag_value (tag, customer_id, flag, number, text, as_of)
               SELECT '!t', c.id, {flag}, {number}, {text}, '{NOW}' FROM customer c WHERE c.customer_no = '!C'"""


@pytest.mark.parametrize(
    ("before", "refused", "by"),
    [
        ([CUSTOMER, TAG], value(), "tag_value_is_one"),
        ([CUSTOMER, TAG], value(flag="true", number="1"), "tag_value_is_one"),
        ([CUSTOMER, TAG, value(flag="true")], value(number="1"), "tag_value_pkey"),
        ([], state(as_of=DONE_AT), "tag_state_computed"),
        ([], state(version_id=1), "tag_state_computed"),
        ([], state(run_version_id=1, run_as_of=DONE_AT), "tag_state_run"),
        ([], state(run_after=0), "tag_state_run"),
        ([], state(covered=-1), "tag_state_covered"),
    ],
)
async def test_what_may_never_be_is_refused(connection: Connection, before: list[str], refused: str, by: str) -> None:
    for statement in before:
        assert await connection.execute(statement) == "INSERT 0 1"
    with pytest.raises((asyncpg.CheckViolationError, asyncpg.UniqueViolationError)) as refusal:
        await connection.execute(refused)
    assert refusal.value.as_dict()["constraint_name"] == by


async def test_a_value_is_of_a_tag_that_is_known(connection: Connection) -> None:
    await connection.execute(CUSTOMER)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await connection.execute(value(flag="true"))


@pytest.mark.parametrize(
    "allowed",
    [
        [CUSTOMER, TAG, value(flag="false")],
        [CUSTOMER, TAG, value(text="''")],
        [state(as_of=DONE_AT, version_id=1, run_version_id=2, run_as_of=DONE_AT, run_after=0)],
    ],
)
async def test_what_may_be_is_not_refused(connection: Connection, allowed: list[str]) -> None:
    for statement in allowed:
        assert await connection.execute(statement) == "INSERT 0 1"
