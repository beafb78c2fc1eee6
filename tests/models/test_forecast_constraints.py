"""What the database refuses of forecasts, what they suppose, and who saw what."""

import asyncpg
import pytest

from tests.models.conftest import Connection
from tests.models.rows import CUSTOMER, NOW


def forecast(**columns: object) -> str:
    given = {
        "kind": "'tasks'",
        "code": "'!f'",
        "asked": "'{}'",
        "documents": "'[]'",
        "branch": "'HQ'",
        "maker_id": 1,
        "state": "'waiting'",
        "after_customer": 0,
        "customers": 0,
        "customers_done": 0,
        "events": 0,
        "tally": "'{}'",
        "created_at": f"'{NOW}'",
        **columns,
    }
    return f"INSERT INTO forecast ({', '.join(given)}) VALUES ({', '.join(map(str, given.values()))})"


def claim(customer: str = "NULL", completed_at: str = "NULL", expired: bool = False, number: int = 1) -> str:
    return f"""INSERT INTO forecast_claim (forecast_id, task, customer_id, branch, stage, opened_at, claimed_at,
                                           completed_at, expired, number)
               SELECT id, 't', {customer}, '', 'base', '{NOW}', '{NOW}', {completed_at}, {expired}, {number}
               FROM forecast WHERE code = '!f'"""


SEEN = f"""INSERT INTO task_seen (customer_id, tasks, first_seen_at)
           SELECT id, '{{!t}}', '{NOW}' FROM customer WHERE customer_no = '!C'"""
READY = {"state": "'ready'", "result": "'{}'", "exceeds": "false", "finished_at": f"'{NOW}'"}


@pytest.mark.parametrize(
    ("before", "refused", "by"),
    [
        ([], forecast(kind="'benefits'"), "forecast_kind"),
        ([], forecast(state="'lost'"), "forecast_state"),
        ([], forecast(result="'{}'"), "forecast_ready_says"),
        ([], forecast(**{**READY, "result": "NULL"}), "forecast_ready_says"),
        ([], forecast(**{**READY, "exceeds": "NULL"}), "forecast_ready_says"),
        ([], forecast(state="'failed'", finished_at=f"'{NOW}'"), "forecast_failed_why"),
        ([], forecast(failure="'x'"), "forecast_failed_why"),
        ([], forecast(**{**READY, "finished_at": "NULL"}), "forecast_finished"),
        ([], forecast(finished_at=f"'{NOW}'"), "forecast_finished"),
        ([forecast()], claim(number=0), "forecast_claim_number"),
        ([forecast()], claim(completed_at=f"'{NOW}'"), "forecast_claim_done_by_one"),
        ([forecast()], claim("1", f"'{NOW}'", number=2), "forecast_claim_done_by_one"),
        ([forecast()], claim("1", f"'{NOW}'", expired=True), "forecast_claim_done_by_one"),
        ([CUSTOMER], SEEN.replace("!t", ""), "task_seen_names_some"),
    ],
)
async def test_what_may_never_be_is_refused(connection: Connection, before: list[str], refused: str, by: str) -> None:
    for statement in before:
        assert await connection.execute(statement) == "INSERT 0 1"
    with pytest.raises((asyncpg.CheckViolationError, asyncpg.UniqueViolationError)) as refusal:
        await connection.execute(refused)
    assert str(refusal.value.as_dict()["constraint_name"]).startswith(by)


async def test_what_may_be_is_not_refused(connection: Connection) -> None:
    several, done, gone = claim(number=7), claim("1", f"'{NOW}'"), claim(expired=True, number=3)
    for statement in (forecast(), several, done, gone, CUSTOMER, SEEN):
        assert await connection.execute(statement) == "INSERT 0 1"
    assert await connection.execute(forecast(**READY)) == "INSERT 0 1"
    assert await connection.execute(forecast(state="'failed'", failure="'x'", finished_at=f"'{NOW}'")) == "INSERT 0 1"
