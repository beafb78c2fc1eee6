"""What is live changes as one set: counted, told, and never under the feet of those who use it."""

import asyncio

import pytest

from domain import approvals, outbox
from domain.approvals import Kind, LiveCatalogue, State
from domain.facts import ConfigurationLive
from domain.operators import OperatorIdentity
from kit import database as db
from kit.errors import Conflict
from kit.notices import Notices


@pytest.fixture
async def live(leaflets: Kind, maker: OperatorIdentity, checker: OperatorIdentity) -> Kind:
    await approvals.save_draft(leaflets, "a", leaflets.definition("one"), maker)
    await approvals.submit(leaflets, "a", maker)
    await approvals.approve(leaflets, "a", checker)
    return leaflets


async def test_pause_resume_end(live: Kind, checker: OperatorIdentity) -> None:
    before = await approvals.current_revision()
    assert (await approvals.pause(live, "a", checker)).state == State.PAUSED
    assert await approvals.live("leaflets") == []
    assert (await approvals.resume(live, "a", checker)).state == State.LIVE
    assert len(await approvals.live("leaflets")) == 1
    ended = await approvals.end(live, "a", checker)
    assert ended.state == State.ENDED
    assert ended.ended_at is not None
    assert await approvals.current_revision() == before + 3
    with pytest.raises(Conflict):
        await approvals.resume(live, "a", checker)


async def test_ending_takes_the_live_version_and_leaves_the_draft(live: Kind, maker: OperatorIdentity) -> None:
    await approvals.save_draft(live, "a", live.definition("two"), maker)
    assert (await approvals.end(live, "a", maker)).version == 1
    assert (await approvals.read("leaflets", "a", maker)).latest.state == State.DRAFT
    assert (await approvals.end(live, "a", maker)).version == 2
    assert (await approvals.save_draft(live, "a", live.definition("three"), maker)).version.version == 3


async def test_nothing_changes_while_the_live_set_is_shared(live: Kind, checker: OperatorIdentity) -> None:
    sharing, enough = asyncio.Event(), asyncio.Event()

    async def share() -> tuple[int, int]:
        async with db.transaction() as connection:
            revision = await approvals.share_live_set(connection)
            sharing.set()
            await enough.wait()
            return revision, await connection.fetchval("SELECT number FROM revision WHERE id = 1")

    holding = asyncio.create_task(share())
    await sharing.wait()
    pausing = asyncio.create_task(approvals.pause(live, "a", checker))
    done, _ = await asyncio.wait([pausing], timeout=0.3)
    assert not done
    enough.set()
    before, still = await holding
    assert (await pausing).state == State.PAUSED
    assert before == still == await approvals.current_revision() - 1


async def test_whoever_waited_for_a_change_sees_its_revision(live: Kind, checker: OperatorIdentity) -> None:
    before = await approvals.current_revision()

    async def ask() -> int:
        async with db.transaction() as connection:
            return await approvals.share_live_set(connection)

    for _ in range(10):
        await asyncio.gather(approvals.pause(live, "a", checker), *(ask() for _ in range(4)))
        assert await ask() == before + 1
        await approvals.resume(live, "a", checker)
        before = await approvals.current_revision()


async def test_every_process_is_told_and_the_fact_is_recorded(
    live: Kind, checker: OperatorIdentity, database: str
) -> None:
    told: asyncio.Queue[str] = asyncio.Queue()
    recorded: list[ConfigurationLive] = []

    async def react(_: object, facts: list[ConfigurationLive]) -> None:
        recorded.extend(facts)

    outbox.react_with(at_once={ConfigurationLive: [react]}, later={})
    notices = Notices(database)
    notices.on("configuration", told.put)
    await notices.start()
    try:
        await approvals.pause(live, "a", checker)
        resumed = await approvals.resume(live, "a", checker)
        assert [await asyncio.wait_for(told.get(), 5) for _ in range(2)] == ["leaflets", "leaflets"]
    finally:
        await notices.stop()
        outbox.react_with(at_once={}, later={})
    assert recorded == [ConfigurationLive("leaflets", "a", resumed.id)]


class Slow(LiveCatalogue):
    """One that takes its time, as with ten thousand tasks."""

    async def load(self, revision: int) -> None:
        """Read, but not at once."""
        await asyncio.sleep(0.2)
        await db.fetchval("SELECT 1")


async def test_whoever_loads_a_catalogue_never_waits_for_those_who_wait_for_it(database: str) -> None:
    slow, pool = Slow(), 20

    async def change_something() -> None:
        async with db.transaction() as connection:
            await asyncio.sleep(0.05)
            await slow.follow(await approvals.share_live_set(connection))

    loading = asyncio.create_task(slow.refresh())
    await asyncio.sleep(0.02)  # it has begun; now everybody else takes a connection, all there are
    others = [asyncio.create_task(change_something()) for _ in range(2 * pool)]
    await asyncio.wait_for(asyncio.gather(loading, *others), 20)
    assert slow.revision == await approvals.current_revision()
