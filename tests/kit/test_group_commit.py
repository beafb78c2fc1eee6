"""Group commit: batches while busy, nobody waits alone, each gets their own answer."""

import asyncio
from collections.abc import Sequence

import pytest

from kit.errors import Conflict, Unavailable
from kit.group_commit import GroupCommit


class Shop:
    """Answers members with their double; odd ones below zero are refused; `broken` ones spoil their batch."""

    def __init__(self, *broken: int) -> None:
        self.broken, self.batches = set(broken), list[list[int]]()
        self.open = asyncio.Event()
        self.open.set()

    async def commit(self, members: Sequence[int]) -> list[int | Exception]:
        self.batches.append(list(members))
        await self.open.wait()
        await asyncio.sleep(0)
        if self.broken & set(members):
            raise RuntimeError("the disk is full")
        return [Conflict("shop.refused", "no") if member < 0 else member * 2 for member in members]


async def all_of(queue: GroupCommit[int, int], members: Sequence[int]) -> list[int | BaseException]:
    return await asyncio.gather(*(queue.submit(member) for member in members), return_exceptions=True)


async def test_one_alone_is_committed_at_once() -> None:
    shop = Shop()
    async with asyncio.timeout(1):
        assert await GroupCommit(shop.commit).submit(21) == 42
    assert shop.batches == [[21]]


async def test_while_one_batch_is_committed_the_next_gathers_in_order() -> None:
    shop = Shop()
    shop.open.clear()
    queue = GroupCommit(shop.commit)
    first = asyncio.create_task(queue.submit(0))
    await asyncio.sleep(0.01)
    rest = [asyncio.create_task(queue.submit(member)) for member in range(1, 6)]
    await asyncio.sleep(0.01)
    assert shop.batches == [[0]]
    shop.open.set()
    assert await asyncio.gather(first, *rest) == [0, 2, 4, 6, 8, 10]
    assert shop.batches == [[0], [1, 2, 3, 4, 5]]


async def test_each_gets_their_own_answer_or_their_own_refusal() -> None:
    shop = Shop()
    answers = await all_of(GroupCommit(shop.commit), [1, -1, 2, -2])
    assert [answer if isinstance(answer, int) else str(answer) for answer in answers] == [
        2,
        "shop.refused: no",
        4,
        "shop.refused: no",
    ]


async def test_a_batch_that_breaks_is_tried_one_by_one() -> None:
    shop = Shop(3)
    answers = await all_of(GroupCommit(shop.commit), [1, 2, 3, 4])
    assert answers[:2] == [2, 4]
    assert isinstance(answers[2], RuntimeError)
    assert answers[3] == 8
    assert shop.batches == [[1, 2, 3, 4], [1], [2], [3], [4]]


async def test_after_a_broken_batch_it_goes_on() -> None:
    shop = Shop(1)
    queue = GroupCommit(shop.commit)
    with pytest.raises(RuntimeError):
        await queue.submit(1)
    assert await queue.submit(2) == 4


async def test_a_batch_is_never_larger_than_allowed() -> None:
    shop = Shop()
    assert await all_of(GroupCommit(shop.commit, largest=3), range(8)) == [member * 2 for member in range(8)]
    assert [len(batch) for batch in shop.batches] == [3, 3, 2]


async def test_who_comes_when_too_many_wait_is_sent_away_at_once() -> None:
    shop = Shop()
    shop.open.clear()
    queue = GroupCommit(shop.commit, waiting=2)
    served = [asyncio.create_task(queue.submit(member)) for member in range(2)]
    await asyncio.sleep(0.01)
    served += [asyncio.create_task(queue.submit(member)) for member in (2, 3)]
    await asyncio.sleep(0.01)
    with pytest.raises(Unavailable) as refused:
        await queue.submit(4)
    assert (refused.value.code, refused.value.details) == ("queue.full", {"retry_after_seconds": 1})
    shop.open.set()
    assert await asyncio.gather(*served) == [0, 2, 4, 6]
    assert await queue.submit(4) == 8


def by_tens(shop: Shop, **bounds: int) -> GroupCommit[int, int]:
    """A queue in which members of the same ten want the same thing."""
    return GroupCommit(shop.commit, key=lambda member: member // 10, **bounds)


async def test_a_hot_key_keeps_nobody_else_waiting() -> None:
    shop = Shop()
    shop.open.clear()
    queue = by_tens(shop, largest=4)
    callers = [asyncio.create_task(queue.submit(member)) for member in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 20)]
    await asyncio.sleep(0.01)
    callers.append(asyncio.create_task(queue.submit(30)))
    await asyncio.sleep(0.01)
    shop.open.set()
    await asyncio.gather(*callers)
    # The first batch was drawn before 30 came; from then on every key has its turn, each in its own order.
    assert shop.batches == [[0, 10, 20, 1], [11, 2, 30, 3], [4, 5, 6, 7], [8, 9]]


async def test_a_hot_key_fills_only_its_own_places() -> None:
    shop = Shop()
    shop.open.clear()
    queue = by_tens(shop, per_key=2, waiting=5)
    callers = [asyncio.create_task(queue.submit(0))]
    await asyncio.sleep(0.01)
    callers += [asyncio.create_task(queue.submit(member)) for member in (1, 2)]
    await asyncio.sleep(0.01)
    with pytest.raises(Unavailable):
        await queue.submit(3)
    callers += [asyncio.create_task(queue.submit(member)) for member in (10, 20, 30)]
    await asyncio.sleep(0.01)
    with pytest.raises(Unavailable):
        await queue.submit(40)
    shop.open.set()
    assert await asyncio.gather(*callers) == [0, 2, 4, 20, 40, 60]
    assert await queue.submit(40) == 80


async def test_a_caller_who_goes_away_changes_nothing_for_the_others() -> None:
    shop = Shop()
    shop.open.clear()
    queue = GroupCommit(shop.commit)
    callers = [asyncio.create_task(queue.submit(member)) for member in range(3)]
    await asyncio.sleep(0.01)
    callers[1].cancel()
    shop.open.set()
    assert await callers[0] == 0
    assert await callers[2] == 4
    assert callers[1].cancelled()
    assert shop.batches == [[0, 1, 2]]


async def test_a_commit_that_answers_too_few_leaves_nobody_waiting() -> None:
    async def forgetful(members: Sequence[int]) -> list[int | Exception]:
        return [member * 2 for member in members][:-1]

    queue = GroupCommit(forgetful)
    async with asyncio.timeout(1):
        assert [str(answer) for answer in await all_of(queue, [1, 2, 3])] == ["2 answers for 3 members"] * 3
        assert [str(answer) for answer in await all_of(queue, [4])] == ["0 answers for 1 members"]


async def test_an_answer_of_nobody_listening_is_no_noise(caplog: pytest.LogCaptureFixture) -> None:
    shop = Shop(1)
    queue = GroupCommit(shop.commit)
    caller = asyncio.create_task(queue.submit(1))
    await asyncio.sleep(0)
    caller.cancel()
    await asyncio.gather(caller, return_exceptions=True)
    assert await queue.submit(2) == 4
    assert "never retrieved" not in caplog.text
