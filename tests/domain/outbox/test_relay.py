"""Recorded facts reach those who react to them: once in effect, whatever fails, crashes or runs beside."""

import asyncio
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest

from domain import outbox
from domain.facts import BackfillDue, ConfigurationLive, RewardsSettled
from domain.outbox import react_with
from kit import clock, database
from kit.database import Connection
from tests.domain.tasks.time_machine import TimeMachine

pytestmark = pytest.mark.usefixtures("database")
ATTEMPTS = 12


@pytest.fixture(autouse=True)
def log(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """What is logged, kept instead of printed: tracebacks take longer than the tests."""
    log = Mock()
    monkeypatch.setattr(sys.modules["domain.outbox.relay"], "log", log)
    return log


class Listener:
    """A reaction that leaves a row per fact in its transaction, and fails for the numbers in `failing`."""

    def __init__(self, *failing: int) -> None:
        self.failing, self.batches = set(failing), list[int]()

    async def __call__(self, connection: Connection, facts: Sequence[Any]) -> None:
        self.batches.append(len(facts))
        for fact in facts:
            await connection.execute("INSERT INTO spent_ticket (id, spent_at) VALUES ($1, now())", str(fact.version_id))
        if self.failing & {fact.version_id for fact in facts}:
            raise RuntimeError("no answer")

    async def done(self) -> list[int]:
        return sorted(int(row[0]) for row in await database.fetch("SELECT id FROM spent_ticket"))


async def record(*numbers: int) -> None:
    async with database.transaction() as connection:
        await outbox.record(connection, [BackfillDue(number, 0) for number in numbers])


async def waiting() -> list[tuple[int, int, bool]]:
    """What is left: (number, attempts, parked)."""
    rows = await database.fetch("SELECT payload, attempts, parked_at IS NOT NULL FROM outbox ORDER BY id")
    return [(int(row[0].split(":")[1].split(",")[0]), row[1], row[2]) for row in rows]


async def test_facts_are_handed_over_in_one_batch_and_leave() -> None:
    listener = Listener()
    react_with(at_once={}, later={BackfillDue: (listener,)})
    await record(1, 2, 3)
    assert await outbox.relay_batch() == 3
    assert (await listener.done(), listener.batches, await waiting()) == ([1, 2, 3], [3], [])
    assert await outbox.relay_batch() == 0


async def test_a_batch_has_a_limit() -> None:
    listener = Listener()
    react_with(at_once={}, later={BackfillDue: (listener,)})
    await record(*range(5))
    assert [await outbox.relay_batch(2) for _ in range(4)] == [2, 2, 1, 0]
    assert await listener.done() == [0, 1, 2, 3, 4]


async def test_a_change_that_is_rolled_back_recorded_nothing() -> None:
    react_with(at_once={}, later={BackfillDue: (Listener(),)})
    with pytest.raises(RuntimeError, match="changed my mind"):
        async with database.transaction() as connection:
            await outbox.record(connection, [BackfillDue(1, 0)])
            raise RuntimeError("changed my mind")
    assert await waiting() == []


async def test_what_nobody_waits_for_is_not_kept_and_what_reacts_at_once_joins_the_transaction() -> None:
    seen: list[Any] = []

    async def at_once(connection: Connection, facts: Sequence[Any]) -> None:
        assert connection.is_in_transaction()
        seen.extend(facts)

    react_with(at_once={RewardsSettled: (at_once,)}, later={})
    async with database.transaction() as connection:
        await outbox.record(connection, [RewardsSettled(1, 1, 1), BackfillDue(1, 0), RewardsSettled(2, 1, 1)])
    assert seen == [RewardsSettled(1, 1, 1), RewardsSettled(2, 1, 1)]
    assert await waiting() == []


async def test_facts_come_back_as_they_were_recorded() -> None:
    seen: list[Any] = []

    async def listen(_: Connection, facts: Sequence[Any]) -> None:
        seen.extend(facts)

    react_with(at_once={}, later={ConfigurationLive: (listen,), BackfillDue: (listen,)})
    facts = [ConfigurationLive("tasks", "“加油”", 7), BackfillDue(7, 8)]
    async with database.transaction() as connection:
        await outbox.record(connection, facts)
    while await outbox.relay_batch():
        pass
    assert sorted(seen, key=str) == sorted(facts, key=str)


async def test_a_failing_fact_waits_and_the_others_go_through() -> None:
    listener = Listener(2)
    react_with(at_once={}, later={BackfillDue: (listener,)})
    await record(1, 2, 3)
    assert await outbox.relay_batch() == 2
    assert (await listener.done(), await waiting()) == ([1, 3], [(2, 1, False)])
    assert await outbox.relay_batch() == 0


async def test_a_fact_that_fails_is_tried_again_when_its_time_has_come(time_machine: TimeMachine) -> None:
    listener = Listener(1)
    react_with(at_once={}, later={BackfillDue: (listener,)})
    await record(1)
    await outbox.relay_batch()
    listener.failing.clear()
    time_machine(seconds=1)
    assert await outbox.relay_batch() == 0
    time_machine(seconds=1)
    assert await outbox.relay_batch() == 1
    assert (await listener.done(), await waiting()) == ([1], [])


async def test_it_waits_twice_as_long_each_time_and_is_parked_after_twelve_attempts(
    time_machine: TimeMachine, log: Mock
) -> None:
    react_with(at_once={}, later={BackfillDue: (Listener(1),)})
    await record(1)
    pauses = []
    for attempt in range(1, ATTEMPTS + 1):
        assert await outbox.relay_batch() == 0
        row = await database.fetchrow("SELECT available_at, attempts, error FROM outbox")
        assert row is not None
        assert (row["attempts"], row["error"]) == (attempt, "RuntimeError: no answer")
        pauses.append(round((row["available_at"] - clock.now()).total_seconds()))
        time_machine(seconds=601)
    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600]
    assert await waiting() == [(1, ATTEMPTS, True)]
    assert [call.kwargs["parked"] for call in log.error.call_args_list] == [False] * 11 + [True]
    time_machine(days=30)
    await outbox.relay_batch()
    assert await waiting() == [(1, ATTEMPTS, True)]


async def test_a_fact_nobody_understands_is_put_aside_like_one_that_fails() -> None:
    listener = Listener()
    react_with(at_once={}, later={BackfillDue: (listener,)})
    await database.execute(
        """INSERT INTO outbox (fact, payload, created_at, available_at, attempts)
           VALUES ('Unheard', '{"version_id": 9}', $1, $1, 0), ('BackfillDue', '{"version_id": 8}', $1, $1, 0)""",
        clock.now() - timedelta(seconds=1),
    )
    await record(1)
    while await outbox.relay_batch():
        pass
    assert await listener.done() == [1]
    assert await database.fetchval("SELECT count(*) FROM outbox WHERE attempts = 1") == 2


async def test_the_second_of_two_reactions_failing_undoes_the_first() -> None:
    first = Listener()

    async def second(_: Connection, facts: Sequence[Any]) -> None:
        raise RuntimeError("no answer")

    react_with(at_once={}, later={BackfillDue: (first, second)})
    await record(1)
    assert await outbox.relay_batch() == 0
    assert await first.done() == []


async def test_two_relays_at_once_handle_each_fact_once() -> None:
    handled: Counter[int] = Counter()

    async def slow(_: Connection, facts: Sequence[Any]) -> None:
        await asyncio.sleep(0.01)
        handled.update(fact.version_id for fact in facts)

    react_with(at_once={}, later={BackfillDue: (slow,)})
    await record(*range(60))
    while sum(await asyncio.gather(*(outbox.relay_batch(7) for _ in range(4)))):
        pass
    assert handled == Counter(range(60))
    assert await waiting() == []


async def test_a_relay_that_dies_in_between_leaves_the_fact_to_the_next() -> None:
    listener, entered = Listener(), asyncio.Event()

    async def hang(connection: Connection, facts: Sequence[Any]) -> None:
        await listener(connection, facts)
        entered.set()
        await asyncio.sleep(60)

    react_with(at_once={}, later={BackfillDue: (hang,)})
    await record(1)
    dying = asyncio.create_task(outbox.relay_batch())
    await entered.wait()
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    react_with(at_once={}, later={BackfillDue: (listener,)})
    assert await outbox.relay_batch() == 1
    assert (await listener.done(), await waiting()) == ([1], [])
