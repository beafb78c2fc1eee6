"""What makes an event unacceptable, and when two are the same, without a database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from domain.events import Event, rules
from domain.events.event import digest
from kit import clock

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
BOUGHT = Event("core", "T1", "purchase", "C1", NOW, 100, attributes={"a": 1, "b": [2]})


def fault(**changes: Any) -> tuple[str, str] | None:
    found = rules.fault_of(msgspec.structs.replace(BOUGHT, **changes), NOW)
    return (found.path, found.code) if found else None


@pytest.mark.parametrize(
    ("changes", "path", "code"),
    [
        ({"type": "sale"}, "type", "event.unknown_type"),
        ({"type": ""}, "type", "event.unknown_type"),
        ({"type": "custom."}, "type", "event.unknown_type"),
        ({"occurred_at": datetime(2026, 11, 20, 4, 0)}, "occurred_at", "event.no_offset"),  # noqa: DTZ001
        ({"occurred_at": NOW + timedelta(hours=24, seconds=1)}, "occurred_at", "event.in_the_future"),
        ({"occurred_at": datetime(1, 1, 1, tzinfo=clock.SHANGHAI)}, "occurred_at", "event.impossible_time"),
        ({"amount_fen": 0}, "amount_fen", "event.no_amount"),
        ({"type": "refund", "amount_fen": 0}, "amount_fen", "event.no_amount"),
        ({"amount_fen": -1}, "amount_fen", "event.no_amount"),
        ({"type": "sign_in", "amount_fen": -1}, "amount_fen", "event.impossible_amount"),
        ({"amount_fen": 10**13 + 1}, "amount_fen", "event.impossible_amount"),
        ({"card_token": "6222021234567890128"}, "card.token", "event.full_card_number"),
        ({"card_token": "4111 1111-1111 1111"}, "card.token", "event.full_card_number"),
        ({"type": "status"}, "attributes.name", "event.no_status"),
        ({"type": "status", "attributes": None}, "attributes.name", "event.no_status"),
        ({"type": "status", "attributes": {"name": 7, "value": True}}, "attributes.name", "event.no_status"),
        ({"type": "status", "attributes": {"name": "", "value": True}}, "attributes.name", "event.no_status"),
        ({"type": "status", "attributes": {"name": "card.activated"}}, "attributes.value", "event.no_status"),
    ],
)
def test_what_is_refused(changes: dict[str, Any], path: str, code: str) -> None:
    assert fault(**changes) == (path, code)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        *({"type": kind} for kind in ("refund", "reversal", "chargeback", "cash_advance", "instalment", "repayment")),
        *(
            {"type": kind, "amount_fen": 0}
            for kind in ("app_login", "sign_in", "invite_accepted", "survey_done", "custom.x")
        ),
        {"occurred_at": NOW + timedelta(hours=24)},
        {"occurred_at": datetime(1970, 1, 2, tzinfo=clock.SHANGHAI)},
        {"card_token": "ct_6222021234567890128"},
        {"card_token": "4111111111111112"},  # no card number: the check digit is wrong
        {"amount_fen": 10**13},
        {"type": "status", "attributes": {"name": "card.activated", "value": False}},
    ],
)
def test_what_is_accepted(changes: dict[str, Any]) -> None:
    assert fault(**changes) is None


def test_the_same_content_has_the_same_digest_in_whatever_offset_and_order_it_is_told() -> None:
    same = msgspec.structs.replace(BOUGHT, occurred_at=NOW.astimezone(clock.SHANGHAI), attributes={"b": [2], "a": 1})
    assert digest(same) == digest(BOUGHT)


@pytest.mark.parametrize("name", [name for name in Event.__struct_fields__ if name != "attributes"])
def test_every_field_is_part_of_the_digest(name: str) -> None:
    other: dict[str, Any] = {"occurred_at": NOW + timedelta(microseconds=1), "amount_fen": 101}
    changed = msgspec.structs.replace(BOUGHT, **{name: other.get(name, "else")})
    assert digest(changed) != digest(BOUGHT)


@pytest.mark.parametrize("attributes", [None, {}, {"a": 1}, {"a": 1, "b": [2, 3]}, {"a": 1, "b": [2], "c": 0}])
def test_attributes_are_part_of_the_digest(attributes: dict[str, Any] | None) -> None:
    assert digest(msgspec.structs.replace(BOUGHT, attributes=attributes)) != digest(BOUGHT)


def test_no_attributes_and_empty_ones_are_the_same() -> None:
    bare = msgspec.structs.replace(BOUGHT, attributes=None)
    assert digest(msgspec.structs.replace(BOUGHT, attributes={})) == digest(bare)
