"""Messages are written once, read by their owner, and told to open pages."""

import asyncio

import pytest

from domain import approvals, customers, live, messages
from domain.messages import MESSAGE_TEMPLATES, Notice
from kit import database
from kit.errors import NotFound
from tests.domain.coupons.stage import CHECKER
from tests.domain.messages.stage import inbox_of, template

pytestmark = pytest.mark.usefixtures("database")
SAID = {"task": "加油", "reward": "券"}


async def write(*notices: Notice) -> None:
    async with database.transaction() as connection:
        await customers.lock(connection, {notice.customer_id for notice in notices})
        await messages.prepare(connection, notices)


@pytest.fixture
async def people(database: str) -> list[int]:
    return sorted((await customers.ids_of(["C1", "C2"])).values())


async def test_a_message_is_written_once_for_each_customer(people: list[int]) -> None:
    one, two = people
    await template("done", link="/coupons")
    first = Notice(one, "done", "a", SAID, "/tasks/fuel")
    await write(first, first, Notice(two, "done", "a", SAID))
    await asyncio.gather(*(write(first) for _ in range(8)))
    [message] = await inbox_of("C1")
    assert (message.title, message.body, message.link) == ("加油已完成", "您已完成“加油”，奖励：券。", "/coupons")
    assert len(await inbox_of("C2")) == 1


async def test_what_was_written_stays_when_its_template_changes(people: list[int]) -> None:
    await template("done")
    await write(Notice(people[0], "done", "a", SAID, "/tasks/fuel"))
    await template("done", title="新的标题{{task}}")
    await write(Notice(people[0], "done", "b", SAID))
    assert [one.title for one in await inbox_of("C1")] == ["新的标题加油", "加油已完成"]
    assert [one.link for one in await inbox_of("C1")] == [None, "/tasks/fuel"]


async def test_a_template_that_is_not_live_fails_nobody(people: list[int]) -> None:
    await template("done")
    await template("other")
    await approvals.pause(MESSAGE_TEMPLATES, "done", CHECKER)
    await write(Notice(people[0], "done", "a", SAID), Notice(people[0], "never", "b"), Notice(people[0], "other", "c"))
    assert len(await inbox_of("C1")) == 1


async def test_nothing_is_told_of_what_was_rolled_back(people: list[int]) -> None:
    await template("done")
    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as connection:
            await customers.lock(connection, people)
            await messages.prepare(connection, [Notice(people[0], "done", "a", SAID)])
            raise ZeroDivisionError
    assert await inbox_of("C1") == []


async def test_only_the_owner_reads_and_reading_twice_changes_nothing(people: list[int]) -> None:
    one, two = people
    await template("done")
    await write(*(Notice(one, "done", key, SAID) for key in "abc"))
    newest = (await inbox_of("C1"))[0]
    with pytest.raises(NotFound):
        await messages.read(two, newest.id)
    assert await messages.unread(one) == 3
    await messages.read(one, newest.id)
    told = await live.last_change(one)
    at = (await inbox_of("C1"))[0].read_at
    await messages.read(one, newest.id)
    assert ((await inbox_of("C1"))[0].read_at, await live.last_change(one)) == (at, told)
    assert [m.id for m in await messages.inbox(one, only_unread=True, before=None, limit=9)] < [newest.id]
    await messages.read_all(one)
    assert await messages.unread(one) == 0


async def test_open_pages_hear_of_it(people: list[int]) -> None:
    await template("done")
    before = await live.last_change(people[0])
    await write(Notice(people[0], "done", "a", SAID))
    [change] = await live.changes_after(people[0], before)
    assert (change.kind, change.data["title"]) == ("message.created", "加油已完成")
    await messages.read(people[0], int(change.data["message_id"]))
    assert [one.kind for one in await live.changes_after(people[0], change.number)] == ["message.read"]
