"""The core's wire format: what a good event becomes, and where each bad one is wrong."""

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.card_core.translate import ReadBatch, read_batch
from domain.events.event import Event
from kit.errors import BadInput

PURCHASE: dict[str, Any] = {
    "event_id": "T20261101000017",
    "type": "purchase",
    "customer_no": "C0000000017",
    "occurred_at": "2026-11-01T12:30:00+08:00",
    "amount_fen": 30_000,
    "currency": "CNY",
    "card": {"token": "ct_9f", "last4": "5770", "product": "young"},
    "mcc": "5541",
    "merchant": {"id": "M898", "name": "中石化"},
    "channel": "pos",
    "auth_code": "018823",
    "original_event_id": None,
    "attributes": {},
}
PAN = "6222021234567894"


def read(*events: Any) -> ReadBatch:
    return read_batch(json.dumps({"events": events}).encode(), "card-core")


def test_a_purchase_becomes_a_flat_event() -> None:
    batch = read(PURCHASE)
    assert batch.faults == []
    assert batch.places == [0]
    assert batch.events == [
        Event(
            source="card-core",
            event_id="T20261101000017",
            type="purchase",
            customer_no="C0000000017",
            occurred_at=datetime(2026, 11, 1, 12, 30, tzinfo=timezone(timedelta(hours=8))),
            amount_fen=30_000,
            mcc="5541",
            merchant_id="M898",
            merchant_name="中石化",
            channel="pos",
            card_token="ct_9f",
            card_last4="5770",
            card_product="young",
            auth_code="018823",
        )
    ]


@pytest.mark.parametrize(
    "event",
    [
        {"type": "status", "attributes": {"name": "card.activated", "value": True}},
        {"type": "status", "attributes": {"name": "overdue", "value": 3}},
        {"type": "sign_in"},
        {"type": "custom.lucky_draw", "attributes": {"list": [1, {"deep": [2]}], "order_no": "2026110112300045"}},
        {"type": "refund", "amount_fen": 1, "original_event_id": "T1"},
    ],
)
def test_an_event_needs_only_what_its_type_needs(event: dict[str, Any]) -> None:
    bare = {"event_id": "E1", "customer_no": "C1", "occurred_at": "2026-11-01T04:30:00.123Z"}
    batch = read(bare | event)
    assert batch.faults == []
    assert batch.events[0].attributes == event.get("attributes")


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"amount_fen": -1}, "amount_fen", "invalid"),
    ({"amount_fen": 10**13 + 1}, "amount_fen", "invalid"),
    ({"amount_fen": 10**40}, "amount_fen", "invalid"),
    ({"amount_fen": 1.5}, "amount_fen", "invalid"),
    ({"amount_fen": "100"}, "amount_fen", "invalid"),
    ({"amount_fen": True}, "amount_fen", "invalid"),
    ({"amount_fen": 0}, "amount_fen", "invalid"),
    ({"type": "reversal", "amount_fen": 0}, "amount_fen", "invalid"),
    ({"currency": "USD"}, "currency", "invalid"),
    ({"type": "theft"}, "type", "unknown_type"),
    ({"type": "custom."}, "type", "unknown_type"),
    ({"type": "custom." + "x" * 34}, "type", "invalid"),
    ({"event_id": ""}, "event_id", "invalid"),
    ({"event_id": "x" * 65}, "event_id", "invalid"),
    ({"customer_no": "x" * 33}, "customer_no", "invalid"),
    ({"customer_no": None}, "customer_no", "invalid"),
    ({"occurred_at": "2026-11-01T12:30:00"}, "occurred_at", "invalid"),
    ({"occurred_at": "2026-02-30T12:30:00Z"}, "occurred_at", "invalid"),
    ({"occurred_at": 1_793_507_400}, "occurred_at", "invalid"),
    ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "occurred_at", "invalid"),
    ({"occurred_at": "9999-12-31T23:59:59-14:00"}, "occurred_at", "invalid"),
    ({"mcc": "554"}, "mcc", "invalid"),
    ({"mcc": "5541\n"}, "mcc", "invalid"),
    ({"mcc": "٥٥٤١"}, "mcc", "invalid"),
    ({"card": {"last4": "57701"}}, "card.last4", "invalid"),
    ({"card": {"number": "1"}}, "card.number", "unknown_field"),
    ({"card": {"token": PAN}}, "card.token", "card_number"),
    ({"card": {"token": "6222 0212-3456 7894"}}, "card.token", "card_number"),
    ({"merchant": {"name": "x" * 129}}, "merchant.name", "invalid"),
    ({"merchant": {"name": "a\x00b"}}, "merchant.name", "invalid"),
    ({"event_id": "\x00"}, "event_id", "invalid"),
    ({"auth_code": "x" * 17}, "auth_code", "invalid"),
    ({"colour": "red"}, "colour", "unknown_field"),
    ({"type": "status", "attributes": {"value": True}}, "attributes.name", "missing"),
    ({"type": "status", "attributes": {"name": 7, "value": True}}, "attributes.name", "missing"),
    ({"type": "status", "attributes": {"name": "x"}}, "attributes.value", "missing"),
    ({"type": "status", "attributes": {"name": "x", "value": []}}, "attributes.value", "missing"),
    ({"type": "status", "attributes": None}, "attributes.name", "missing"),
    ({"attributes": {str(n): n for n in range(51)}}, "attributes", "too_large"),
    ({"attributes": {"note": "字" * 1_500}}, "attributes", "too_large"),
    ({"attributes": {"a": [[[[1]]]]}}, "attributes.a[0][0][0]", "too_large"),
    ({"attributes": {"a": ["\x00"]}}, "attributes.a[0]", "invalid"),
    ({"attributes": {"card": {"no": PAN}}}, "attributes.card.no", "card_number"),
    ({"attributes": {"card": int(PAN)}}, "attributes.card", "card_number"),
    ({"attributes": {PAN: 1}}, "attributes", "card_number"),
    ({"attributes": {"a": {"\x00": 1}}}, "attributes.a", "invalid"),
    ({"attributes": []}, "attributes", "invalid"),
]


@pytest.mark.parametrize(("change", "path", "code"), BAD)
def test_a_bad_event_is_reported_at_its_place_and_refuses_no_other(
    change: dict[str, Any], path: str, code: str
) -> None:
    batch = read(PURCHASE, PURCHASE | change, PURCHASE)
    assert [(index, fault.path, fault.code) for index, fault in batch.faults] == [(1, path, code)]
    assert batch.places == [0, 2]
    assert len(batch.events) == 2
    assert PAN[:12] not in batch.faults[0][1].detail.replace(" ", "").replace("-", "")


@pytest.mark.parametrize("name", ["event_id", "type", "customer_no", "occurred_at"])
def test_what_every_event_has_is_missed(name: str) -> None:
    batch = read({key: value for key, value in PURCHASE.items() if key != name}, PURCHASE)
    assert [(index, fault.path, fault.code) for index, fault in batch.faults] == [(0, name, "missing")]
    assert batch.places == [1]


@pytest.mark.parametrize(
    "event", [b"7", b"null", b"[]", b'"x"', b'{"event_id": "\xff"}', b'{"event_id": "\\ud83d"}', b'{"n": NaN}']
)
def test_what_is_no_event_at_all_refuses_only_itself(event: bytes) -> None:
    good = json.dumps(PURCHASE).encode()
    batch = read_batch(b'{"events": [' + good + b"," + event + b"]}", "card-core")
    assert (batch.places, [index for index, _ in batch.faults]) == ([0], [1])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"events": {}}',
        b'{"events": null}',
        b'{"events": [], "extra": 1}',
        b'{"events": []} tail',
        b'{"events": [{]}',
        b'{"events": ["\\ud83d", {]}',
        b'{"events": ["\\ud83d"], "extra": 1}',
        b'{"events": [' + b"[" * 100_000 + b"]" * 100_000 + b"]}",
        json.dumps({"events": [PURCHASE] * 5_001}).encode(),
    ],
)
def test_a_body_that_is_no_batch_is_refused_whole(body: bytes) -> None:
    with pytest.raises(BadInput):
        read_batch(body, "card-core")


def test_the_largest_batch_is_read() -> None:
    assert len(read(*[PURCHASE] * 5_000).events) == 5_000
    assert read().events == []


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
changes = st.dictionaries(st.sampled_from([*PURCHASE, "unknown"]), json_values, max_size=3)


@given(st.lists(changes, max_size=4))
def test_whatever_comes_every_event_is_either_taken_or_reported(changed: list[dict[str, Any]]) -> None:
    batch = read(*(PURCHASE | change for change in changed))
    assert sorted([*batch.places, *(index for index, _ in batch.faults)]) == list(range(len(changed)))
    assert len(batch.events) == len(batch.places)
