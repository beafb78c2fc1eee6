"""The one way in: stored once, for ever, whoever tells it how often."""

import random
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from domain import customers, events, outbox
from domain.events import Event, IngestResult, Rejection
from kit import clock, database
from tests.domain.tasks.making import cumulative, current, event, purchase, refund, task, told

pytestmark = pytest.mark.usefixtures("database")


async def count(table: str = "event") -> int:
    return int(await database.fetchval(f"SELECT count(*) FROM {table}"))


def changed(original: Event, **changes: Any) -> Event:
    return msgspec.structs.replace(original, **changes)


async def test_a_batch_is_counted_and_kept_as_it_was_told() -> None:
    full = purchase(
        merchant_id="M1",
        channel="pos",
        card_token="ct_1",
        card_last4="5770",
        card_product="young",
        auth_code="018823",
        original_event_id="T0",
        attributes={"wallet": "wechat", "floors": [1, {"x": None}]},
        occurred_at=clock.now().replace(microsecond=123456),
    )
    assert await events.ingest([full, event("sign_in")]) == IngestResult(2, 0, [], [])
    customer_id = await customers.id_of("C1")
    async with database.connection() as connection:
        stored = (await events.of_customers(connection, [customer_id]))[customer_id]
    assert full in stored
    assert len(stored) == 2


async def test_a_customer_never_heard_of_is_created() -> None:
    await events.ingest([purchase("NEW"), purchase("NEW"), purchase("C1")])
    rows = await database.fetch("SELECT customer_no, stage FROM customer ORDER BY customer_no")
    assert [tuple(row) for row in rows] == [("C1", "base"), ("NEW", "base")]


async def test_a_repeat_is_a_duplicate_within_a_batch_and_over_batches() -> None:
    bought = purchase()
    assert await events.ingest([bought, bought, purchase()]) == IngestResult(2, 1, [], [])
    again = changed(bought, occurred_at=bought.occurred_at.astimezone(clock.SHANGHAI))
    assert await events.ingest([again]) == IngestResult(0, 1, [], [])
    assert (await count(), await count("suspended_event")) == (2, 0)


async def test_the_same_number_of_another_source_is_another_event() -> None:
    bought = purchase()
    assert (await events.ingest([bought, changed(bought, source="unionpay")])).accepted == 2


async def test_a_repeat_that_says_something_else_is_parked_once_and_never_merged() -> None:
    await task("spend", cumulative("purchase.amount", 99_999))
    bought = purchase(amount_fen=10_000)
    await events.ingest([bought])
    differing = changed(bought, amount_fen=20_000)
    for _ in range(2):
        result = await events.ingest([purchase("C2"), differing])
        assert (result.duplicates, [(s.index, s.event_id, s.code) for s in result.suspended]) == (
            1,
            [(1, bought.event_id, "event.content_differs")],
        )
    await events.ingest([changed(bought, amount_fen=30_000)])
    rows = await database.fetch("SELECT content->>'amount_fen', code FROM suspended_event ORDER BY id")
    assert [tuple(row) for row in rows] == [("20000", "event.content_differs"), ("30000", "event.content_differs")]
    assert await database.fetchval("SELECT amount_fen FROM event WHERE event_id = $1", bought.event_id) == 10_000
    assert await current("C1", "spend") == [10_000]


async def test_two_versions_of_an_event_in_one_batch_keep_the_first() -> None:
    bought = purchase(amount_fen=1)
    result = await events.ingest([bought, changed(bought, amount_fen=2), changed(bought, amount_fen=2)])
    assert (result.accepted, result.duplicates, [s.index for s in result.suspended]) == (1, 2, [1, 2])
    assert await database.fetchval("SELECT amount_fen FROM event") == 1
    assert await count("suspended_event") == 1


async def test_a_repeat_for_another_customer_is_parked_too() -> None:
    bought = purchase("C1")
    await events.ingest([bought])
    assert [s.code for s in (await events.ingest([changed(bought, customer_no="C2")])).suspended] == [
        "event.content_differs"
    ]


async def test_one_bad_event_never_refuses_the_others() -> None:
    batch = [
        event("nonsense"),
        purchase(),
        purchase(amount_fen=0),
        event("status"),
        purchase(occurred_at=clock.now() + timedelta(hours=25)),
        event("custom.visit", amount_fen=-1),
        told("card.activated"),
    ]
    result = await events.ingest(batch)
    assert (result.accepted, result.duplicates) == (2, 0)
    assert [(one.index, one.path, one.code) for one in result.rejected] == [
        (0, "type", "event.unknown_type"),
        (2, "amount_fen", "event.no_amount"),
        (3, "attributes.name", "event.no_status"),
        (4, "occurred_at", "event.in_the_future"),
        (5, "amount_fen", "event.impossible_amount"),
    ]
    assert await count() == 2


async def test_indexes_are_those_of_the_batch_also_behind_rejected_ones() -> None:
    bought = purchase()
    await events.ingest([bought])
    result = await events.ingest([event("nonsense"), changed(bought, amount_fen=1)])
    assert [one.index for one in result.rejected] == [0]
    assert [one.index for one in result.suspended] == [1]


async def test_nothing_good_and_nothing_at_all() -> None:
    assert await events.ingest([]) == IngestResult(0, 0, [], [])
    only = await events.ingest([event("nonsense")])
    assert only == IngestResult(0, 0, [], [Rejection(0, "type", "event.unknown_type", "unknown type 'nonsense'")])
    assert await count("customer") == 0


async def test_five_thousand_at_once() -> None:
    batch = [purchase(f"C{number % 700}") for number in range(5_000)]
    random.Random(3).shuffle(batch)
    assert (await events.ingest(batch)).accepted == 5_000
    assert (await events.ingest(batch)).duplicates == 5_000
    assert (await count(), await count("customer")) == (5_000, 700)


async def test_an_effect_that_fails_keeps_nothing_and_the_repeat_keeps_all(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: Any) -> None:
        raise RuntimeError("no disk")

    batch = [purchase(), purchase("C2")]
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "record", broken)
        with pytest.raises(RuntimeError, match="no disk"):
            await events.ingest(batch)
    assert await count() == 0
    assert (await events.ingest(batch)).accepted == 2


async def test_who_has_refunds_and_who_was_told_of_ahead() -> None:
    bought = purchase("C1")
    soon = clock.now() + timedelta(minutes=1)
    await events.ingest([bought, refund(bought), purchase("C2", occurred_at=soon), purchase("C3")])
    ids = await customers.ids_of(["C1", "C2", "C3"])
    async with database.connection() as connection:
        assert await events.with_refunds(connection, ids.values()) == {ids["C1"]}
        assert await events.told_ahead(connection, ids.values(), clock.now()) == {ids["C2"]}
        assert await events.told_ahead(connection, [ids["C3"]], clock.now()) == set()
