"""Four ways in, one result: whatever way events come, what is stored, completed and refused is the same."""

import msgspec
import pytest

from channels.card_core.messages import read_each
from channels.card_core.translate import read_batch
from domain import reconciliation
from kit import database
from tests.channels.told_events import PAN, Deliver, encoded, history, outcomes, stored, told
from tests.domain.tasks.making import cumulative, settle, status, task

pytestmark = pytest.mark.usefixtures("database")


async def test_the_same_events_have_the_same_effect_whatever_way_they_come(
    http: Deliver, redis_stream: Deliver, kafka: Deliver, inbox: Deliver
) -> None:
    content = {"any": [cumulative("purchase.amount", 60_000, mcc={"in": ["5541"]}), cumulative("purchase.count", 9)]}
    await task("spend", content)
    await task("activate", status("card.activated"))
    seen = []
    for prefix, deliver in {"H": http, "R": redis_stream, "K": kafka, "F": inbox}.items():
        await deliver(history(prefix, seed=7))
        await settle()
        effects = [await outcomes(prefix, code) for code in ("spend", "activate")]
        seen.append((await stored(prefix), effects))
    assert len(seen[0][0]) == 60
    states = {state for claims in seen[0][1] for state, _, _ in claims}
    assert states >= {"claimed", "rewarded"}, "some reached it, some did not"
    assert seen[1:] == seen[:1] * 3
    assert await database.fetchval("SELECT count(*) FROM parked_message") == 0
    assert await reconciliation.reconcile() == []


async def test_every_way_refuses_the_same_events_for_the_same_reasons(
    http: Deliver, redis_stream: Deliver, kafka: Deliver, inbox: Deliver
) -> None:
    bad = [
        told("unknown", type="gift"),
        told("mcc", mcc="554"),
        told("future", occurred_at="2099-01-01T00:00:00+08:00"),
        told("naive", occurred_at="2026-11-01T12:00:00"),
        told("nothing", amount_fen=0),
        told("text", amount_fen="12.50"),
        told("negative", amount_fen=-5),
        told("dollars", currency="USD"),
        told("card", card={"token": PAN}),
        told("hidden", attributes={"note": PAN}),
        told("nameless", type="status", amount_fen=0, attributes={"value": True}),
        told("no-object", attributes=[1]),
        told("nul", channel="p\x00s"),
        told("x" * 65),
        {name: value for name, value in told("nobody").items() if name != "customer_no"},
    ]
    answer = await http(bad)
    reasons = sorted((one["path"], one["code"], one["detail"]) for one in answer["rejected"])
    assert (answer["accepted"], len(reasons)) == (0, len(bad))
    for deliver in (redis_stream, kafka, inbox):
        await database.execute("DELETE FROM parked_message")
        await deliver(bad)
        rows = await database.fetch("SELECT path, code, detail FROM parked_message")
        assert sorted(tuple(row) for row in rows) == reasons
    assert await stored() == []


def nested(levels: int) -> bytes:
    return b'{"event_id":' + b"[" * levels + b"]" * levels + b"}"


def test_one_by_one_is_judged_like_a_batch_whatever_stands_beside_it() -> None:
    good = [encoded(event) for event in history("C", seed=3)]
    whole = read_batch(b'{"events":[' + b",".join(good) + b"]}", "card-core")
    assert read_each(good) == whole
    strange = [
        b"",
        b"{",
        b"null",
        b"[]",
        good[0] + b"," + good[1],
        good[0] + b'],"events":[' + good[1],
        good[0] + b"]}",
        b'{"event_id":"\xff"}',
        b'{"event_id":"\\ud800"}',
        b"\xef\xbb\xbf" + good[0],
        *(nested(levels) for levels in range(900, 1_100)),
        nested(100_000),
    ]
    mixed = [body for pair in zip(strange, good * 5, strict=False) for body in pair]
    read = read_each(mixed)
    assert read.places == list(range(1, len(mixed), 2))
    assert [place for place, _ in sorted(read.faults, key=lambda one: one[0])] == list(range(0, len(mixed), 2))
    assert {fault.code for _, fault in read.faults} == {"invalid", "missing"}
    assert [event.event_id for event in read.events] == [msgspec.json.decode(body)["event_id"] for body in mixed[1::2]]
