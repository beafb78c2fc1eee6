"""Hundreds claim at the same moment: places, turns and cycles are exact, and nobody is answered wrongly."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import pytest

from domain import customers, events, tasks
from domain.tasks import ClaimAnswer, Claimant
from kit import database
from kit.errors import Conflict
from kit.group_commit import GroupCommit
from tests.domain.tasks.making import cumulative, overtaken, purchase, settle, special, task

pytestmark = pytest.mark.usefixtures("database")
Answer = ClaimAnswer | BaseException
ONE = cumulative("purchase.count", 1, "claim")


async def rush(claimants: Sequence[Claimant], processes: int = 2) -> list[Answer]:
    """Everyone at once, through as many queues as there were processes."""
    queues = [GroupCommit(tasks.claim_batch, largest=50) for _ in range(processes)]
    waiting = [queues[place % processes].submit(claimant) for place, claimant in enumerate(claimants)]
    return await asyncio.gather(*waiting, return_exceptions=True)


async def people(count: int) -> list[int]:
    return list((await customers.ids_of([f"R{number:04d}" for number in range(count)])).values())


def codes(answers: Sequence[Answer]) -> Counter[str]:
    return Counter(answer.code if isinstance(answer, Conflict) else answer.state for answer in answers)  # type: ignore[union-attr]


async def test_two_hundred_run_for_fifty_places() -> None:
    await task("rare", ONE, automatic=False, claim={"places": 50})
    answers = await rush([Claimant(customer, "rare") for customer in await people(200)])
    assert codes(answers) == {"claimed": 50, "task.no_places": 150}
    assert await database.fetchval("SELECT count(DISTINCT customer_id) FROM claim WHERE task = 'rare'") == 50
    assert await database.fetchval("SELECT taken FROM task_places WHERE task = 'rare'") == 50


async def test_the_last_place_is_waited_for_not_given_twice() -> None:
    await task("rare", ONE, automatic=False, claim={"places": 1})
    first, second = await people(2)
    [answer] = await overtaken(
        lambda _: tasks.claim_batch([Claimant(first, "rare")]), lambda: tasks.claim_batch([Claimant(second, "rare")])
    )
    assert isinstance(answer, Conflict)
    assert await database.fetchval("SELECT array_agg(customer_id) FROM claim") == [first]


async def test_who_has_a_place_keeps_it_and_gets_it_again_when_all_are_taken() -> None:
    await task("rare", ONE, automatic=False, claim={"places": 3})
    everyone = await people(6)
    await rush([Claimant(customer, "rare") for customer in everyone])
    again = await rush([Claimant(customer, "rare") for customer in everyone])
    assert codes(again) == {"claimed": 3, "task.no_places": 3}
    assert await database.fetchval("SELECT taken FROM task_places WHERE task = 'rare'") == 3


async def test_the_impatient_claim_once() -> None:
    await task("one", ONE, automatic=False, claim={"places": 100})
    answers = await rush([Claimant(customer, "one") for customer in (await people(20)) * 10])
    made = [answer for answer in answers if isinstance(answer, ClaimAnswer)]
    assert len(made) == 200
    assert sum(answer.created for answer in made) == len({answer.claim_id for answer in made}) == 20
    assert await database.fetchval("SELECT taken FROM task_places WHERE task = 'one'") == 20


async def test_a_place_is_taken_for_each_turn() -> None:
    await task("twice", special("sign_in.days", 1), automatic=False, claim={"times": 2, "places": 5})
    everyone = await people(4)
    await events.ingest([_sign_in(number) for number in range(4)])
    for _ in range(3):
        await rush([Claimant(customer, "twice") for customer in everyone * 5])
    assert await database.fetchval("SELECT count(*) FROM claim WHERE state = 'completed'") == 5
    assert await database.fetchval("SELECT max(turn) FROM claim") == 2
    assert await database.fetchval("SELECT taken FROM task_places WHERE task = 'twice'") == 5


async def test_several_tasks_in_any_order_do_not_block_each_other_for_ever() -> None:
    names = ["a", "b", "c"]
    for code in names:
        await task(code, ONE, automatic=False, claim={"places": 7})
    everyone = await people(30)
    wanted = [
        Claimant(customer, names[(place + turn) % 3]) for place, customer in enumerate(everyone) for turn in range(3)
    ]
    assert codes(await rush(wanted, processes=4)) == {"claimed": 21, "task.no_places": 69}


async def test_claims_and_events_at_once_lose_nothing() -> None:
    await task("spend", cumulative("purchase.amount", 10**9), automatic=False)
    names = [f"R{number:04d}" for number in range(10)]
    everyone = await people(10)
    stream = [events.ingest([purchase(name, 100) for name in names]) for _ in range(20)]
    await asyncio.gather(rush([Claimant(customer, "spend") for customer in everyone]), *stream)
    rows = await database.fetch("SELECT progress->0->>'' AS amount FROM claim WHERE task = 'spend'")
    assert [row["amount"] for row in rows] == ["2000"] * 10
    await settle()


def _sign_in(number: int) -> events.Event:
    event = purchase(f"R{number:04d}", 0)
    event.type = "sign_in"
    return event
