"""What the database refuses of journeys, and of offers that stand on no completion."""

import asyncpg
import pytest

from tests.models.conftest import Connection
from tests.models.rows import DONE_AT, LATER, NOW, US

OURS = "FROM customer c, configuration v WHERE c.customer_no = '!C' AND v.code = '!a'"


def run(
    state: str = "active",
    turn: int = 1,
    due: str = DONE_AT,
    ended: str = "NULL",
    reason: str = "NULL",
    waits: str = "NULL, NULL",
    goal: str = "NULL, NULL, NULL",
    moves: int = 0,
) -> str:
    return f"""INSERT INTO journey_run (journey, version_id, customer_id, turn, cause, state, step, moves, since, due_at,
                                        ended_at, end_reason, waiting_for, heard_at, goal_for, goal_until, goal_at,
                                        entered_at)
               SELECT '!j', v.id, c.id, {turn}, 'event:purchase', '{state}', 's', {moves}, '{NOW}', {due}, {ended},
                      {reason}, {waits}, {goal}, '{NOW}' {OURS}"""


def over(turn: int = 1) -> str:
    return run("ended", turn, "NULL", DONE_AT, "'end'")


def path(number: int) -> str:
    return f"""INSERT INTO journey_path (run_id, number, step, exit, at)
               SELECT r.id, {number}, 's', 'done', '{NOW}' FROM journey_run r WHERE r.journey = '!j'"""


def offer(source: str) -> str:
    return f"""INSERT INTO task_offer (customer_id, task, pool, source, round, rule, state, created_at, change_no)
               SELECT c.id, '!n', '', {source}, 0, 0, 'open', '{NOW}', 1 {OURS}"""


@pytest.mark.parametrize(
    ("before", "refused", "by"),
    [
        ([], run("lost", due="NULL"), "journey_run_state"),
        ([], run(due="NULL"), "journey_run_active_is_due"),
        ([], run("ended", 1, DONE_AT, DONE_AT, "'end'"), "journey_run_active_is_due"),
        ([], run("ended", 1, "NULL", "NULL", "'end'"), "journey_run_ended"),
        ([], run("ended", 1, "NULL", DONE_AT), "journey_run_ended"),
        ([], run(ended=DONE_AT), "journey_run_ended"),
        ([], over().replace("NULL, NULL, NULL, NULL", "'event:purchase', NULL, NULL, NULL"), "journey_run_waits"),
        ([], run(waits=f"NULL, {DONE_AT}"), "journey_run_waits"),
        ([], run(goal="'event:purchase', NULL, NULL"), "journey_run_goal"),
        ([], run(goal=f"'event:purchase', {DONE_AT}, {LATER}"), "journey_run_goal"),
        ([], run(turn=0), "journey_run_counts"),
        ([], run(moves=-1), "journey_run_counts"),
        ([run()], run(turn=2), "one_active_journey_run"),
        ([over()], run(), "uid_journey_run"),
        ([run()], path(0), "journey_path_number"),
        ([run(), path(1)], path(1), "journey_path_pkey"),
        ([], offer("NULL"), "offer_stands_on_something"),
        ([offer("'!s'")], offer("'!s'").replace("'!n'", "'!m'"), "task_offer_source_key"),
    ],
)
async def test_what_may_never_be_is_refused(connection: Connection, before: list[str], refused: str, by: str) -> None:
    for statement in [*US, *before]:
        assert await connection.execute(statement) == "INSERT 0 1"
    with pytest.raises((asyncpg.CheckViolationError, asyncpg.UniqueViolationError)) as refusal:
        await connection.execute(refused)
    assert refusal.value.as_dict()["constraint_name"].startswith(by)


async def test_what_may_be_is_not_refused(connection: Connection) -> None:
    waiting = run(turn=2, waits=f"'event:purchase', {DONE_AT}", goal=f"'event:purchase', {LATER}, {DONE_AT}")
    for statement in [*US, over(), waiting, offer("'!s'")]:
        assert await connection.execute(statement) == "INSERT 0 1"
