"""Following the official account completes a task that asks for it, whichever came first: following or binding."""

from datetime import datetime, timedelta

import pytest

from domain import customers, outbox
from domain.customers import Follow
from domain.facts import IdentityBound
from kit import clock, database
from tests.domain.tasks.making import experience_of, settle, status, task


@pytest.fixture
async def asking(database: str) -> None:
    await task("follow", status("wechat.followed"), rewards=[{"experience": 100}])


async def identity(openid: str, customer_no: str | None, channel: str = "wechat_h5") -> int:
    """Somebody who signed in, and is bound if there is a customer."""
    customer = "INSERT INTO customer (customer_no, name, stage, created_at) VALUES ($1, '', 'base', $2) RETURNING id"
    known = None if customer_no is None else (await customers.ids_of([customer_no]))[customer_no]
    made: int = await database.fetchval(
        "INSERT INTO identity (channel, subject, customer_id, created_at, bound_at)"
        " VALUES ($1, $2, $3, $4, $5) RETURNING id",
        channel,
        openid,
        known or await database.fetchval(customer, None, clock.now()),
        clock.now(),
        clock.now() if customer_no else None,
    )
    return made


async def follow(openid: str, followed: bool = True, at: datetime | None = None) -> None:
    async with database.transaction() as connection:
        await customers.note_followers(connection, [Follow(openid, followed, at or clock.now())])
    await settle()


async def bind(identity_id: int, customer_no: str) -> None:
    """As `customers.bind` does."""
    customer_id = (await customers.ids_of([customer_no]))[customer_no]
    async with database.transaction() as connection:
        await connection.execute(
            "UPDATE identity SET customer_id = $2, bound_at = $3 WHERE id = $1", identity_id, customer_id, clock.now()
        )
        await outbox.record(connection, [IdentityBound(identity_id, customer_no, clock.now())])
    await settle()


async def told() -> list[tuple[str, bool]]:
    rows = await database.fetch(
        "SELECT c.customer_no, e.attributes ->> 'value' AS value FROM event e JOIN customer c ON c.id = e.customer_id"
        " WHERE e.attributes ->> 'name' = 'wechat.followed' ORDER BY e.occurred_at"
    )
    return [(row["customer_no"], row["value"] == "true") for row in rows]


async def test_a_bound_customer_who_follows_completes_the_task(asking: None) -> None:
    await identity("o-1", "C1")
    await follow("o-1")
    assert await told() == [("C1", True)]
    assert await experience_of("C1") == 100


async def test_who_followed_before_binding_completes_it_by_binding(asking: None) -> None:
    visitor = await identity("o-1", None)
    await follow("o-1", at=clock.now() - timedelta(days=3))
    assert await told() == []
    await bind(visitor, "C1")
    assert await told() == [("C1", True)]
    assert await experience_of("C1") == 100


async def test_the_same_told_again_or_on_both_ways_is_one_event(asking: None) -> None:
    known, at = await identity("o-1", "C1"), clock.now()
    await follow("o-1", at=at)
    await follow("o-1", at=at)
    await bind(known, "C1")
    assert await told() == [("C1", True)]
    assert await experience_of("C1") == 100


async def test_who_left_before_binding_is_told_as_gone(asking: None) -> None:
    visitor = await identity("o-1", None)
    now = clock.now()
    await follow("o-1", followed=False, at=now - timedelta(hours=1))
    await follow("o-1", followed=True, at=now - timedelta(hours=2))  # told late
    await bind(visitor, "C1")
    assert await told() == [("C1", False)]
    assert await experience_of("C1") == 0


async def test_the_mini_program_and_strangers_are_nobody_who_follows(asking: None) -> None:
    await identity("o-1", "C1", channel="wechat_mini")
    await follow("o-1")
    await follow("o-2")
    assert await told() == []


async def test_a_follower_of_whom_we_never_heard_is_told_of_nothing_when_bound(asking: None) -> None:
    await bind(await identity("o-1", None), "C1")
    assert await told() == []
