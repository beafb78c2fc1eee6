"""What partners, customers and operators send wrong: each fault is named, and nothing changes."""

import json
import secrets
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from channels.card_core.signature import sign
from tests.platform import Platform

Send = Callable[..., httpx.Response]
EVENT = {
    "event_id": "X1",
    "type": "purchase",
    "customer_no": "C0000000001",
    "occurred_at": "2026-11-01T12:30:00+08:00",
    "amount_fen": 30_000,
    "currency": "CNY",
    "card": {"token": "ct_9f", "last4": "5770", "product": "young"},
    "mcc": "5541",
    "merchant": {"id": "M898", "name": "壳牌"},
    "channel": "pos",
}


@pytest.fixture
def send(platform: Platform) -> Send:
    """Sends a batch as the card core would, signed unless told otherwise."""
    key: Any = load_pem_private_key((platform.place.data_dir / "keys" / "card_core.pem").read_bytes(), None)

    def deliver(
        events: list[Any], *, at: float | None = None, nonce: str | None = None, **changed: str
    ) -> httpx.Response:
        body = json.dumps({"events": events}).encode()
        stamp = str(int(time.time() if at is None else at))
        headers = {**sign(key, "card-core", stamp, nonce or secrets.token_hex(8), body), **changed}
        url = f"{platform.url}/channels/v1/card-core/events"
        return httpx.post(url, content=body, headers=headers, trust_env=False)

    return deliver


def new(**changed: Any) -> dict[str, Any]:
    return {**EVENT, "event_id": secrets.token_hex(8), **changed}


def test_good_events_of_a_batch_are_kept_and_each_bad_one_is_named(send: Send) -> None:
    wrong = [
        new(amount_fen=-1),
        new(surprise=1),
        new(occurred_at="2026-11-01T12:30:00"),
        new(type="theft"),
        new(card={"token": "4111111111111111", "last4": "1111"}),
        {key: value for key, value in new().items() if key != "customer_no"},
        new(type="status", amount_fen=0, attributes={"name": "card.activated"}),
        "not an event",
    ]
    answer = send([new(), *wrong, new()])
    assert answer.status_code == 200
    body = answer.json()
    assert (body["accepted"], body["duplicates"]) == (2, 0)
    named = [(one["index"], one["path"]) for one in body["rejected"]]
    assert named == [
        (1, "amount_fen"),
        (2, "surprise"),
        (3, "occurred_at"),
        (4, "type"),
        (5, "card.token"),
        (6, "customer_no"),
        (7, "attributes.value"),
        (8, ""),
    ]
    assert "4111111111111111" not in answer.text


def test_a_repeat_is_counted_and_one_that_differs_is_suspended(send: Send) -> None:
    event = new()
    assert send([event, event]).json()["duplicates"] == 1
    answer = send([{**event, "amount_fen": 1}]).json()
    assert (answer["accepted"], answer["duplicates"]) == (0, 1)
    assert answer["suspended"] == [{"index": 0, "event_id": event["event_id"], "code": "event.content_differs"}]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"X-Signature": "d3Jvbmc="}, "signature.wrong"),
        ({"X-Partner": "stranger"}, "signature.unknown_partner"),
        ({"X-Nonce": ""}, "signature.missing_header"),
    ],
)
def test_a_batch_that_is_not_the_partners_changes_nothing(send: Send, changed: dict[str, str], code: str) -> None:
    event = new()
    refused = send([event], **changed)
    assert (refused.status_code, refused.headers["content-type"]) == (401, "application/problem+json")
    assert refused.json()["code"] == code
    assert send([event]).json()["accepted"] == 1


def test_an_old_timestamp_and_a_used_nonce_are_refused(send: Send) -> None:
    assert send([new()], at=time.time() - 301).json()["code"] == "signature.old_timestamp"
    nonce = secrets.token_hex(8)
    assert send([new()], nonce=nonce).status_code == 200
    assert send([new()], nonce=nonce).json()["code"] == "signature.used_nonce"


def test_a_ticket_opens_one_session(platform: Platform) -> None:
    ticket = platform.control("bank-app/tickets", {"customer_no": "C0000000002"})["ticket"]

    def sign_in(used: str) -> httpx.Response:
        body = {"channel": "bank_app", "ticket": used}
        return httpx.post(f"{platform.url}/api/v1/sessions", json=body, trust_env=False)

    assert sign_in(ticket).status_code == 201
    again = sign_in(ticket)
    assert (again.status_code, again.json()["code"]) == (409, "ticket.used")
    forged = ticket[:-8] + ("A" * 8 if ticket[-8:] != "A" * 8 else "B" * 8)
    assert (sign_in(forged).status_code, sign_in(forged).json()["code"]) == (401, "ticket.wrong_signature")
    late = platform.control("bank-app/tickets", {"customer_no": "C0000000002"})["ticket"]
    platform.control("clock", {"advance_seconds": 61})
    try:
        assert sign_in(late).json()["code"] == "ticket.expired"
    finally:
        platform.control("clock", {"advance_seconds": -61})


@pytest.mark.parametrize(
    ("content", "path", "code"),
    [
        ({"all": []}, "content.all", "condition.empty"),
        ({"category": "weather", "item": "sun"}, "content.category", "condition.unknown_category"),
        (
            {"any": [{"category": "cumulative", "item": "purchase.joy", "at_least": 1, "window": "claim"}]},
            "content.any[0].item",
            "condition.unknown_item",
        ),
        (
            {
                "category": "special",
                "item": "sign_in.days",
                "where": {"mcc": {"in": ["5541"]}},
                "at_least": 1,
                "window": "claim",
            },
            "content.where.mcc",
            "condition.scope_does_not_fit",
        ),
        (
            {"category": "cumulative", "item": "purchase.amount", "at_least": 0, "window": "claim"},
            "content.at_least",
            "condition.impossible",
        ),
        (
            {"all": [{"all": [{"all": [{"all": [{"all": [{"all": []}]}]}]}]}]},
            "content.all[0].all[0].all[0].all[0].all[0]",
            "condition.too_deep",
        ),
    ],
)
def test_an_impossible_condition_tree_is_refused_with_its_path(
    platform: Platform, content: dict[str, Any], path: str, code: str
) -> None:
    with platform.operator("hq-maker") as maker:
        body = {"name": "不可能", "kind": "growth", "content": content}
        refused = maker.put("/tasks/impossible", json=body)
        assert refused.status_code == 422
        assert (path, code) in [(fault["path"], fault["code"]) for fault in refused.json()["errors"]]
        assert maker.get("/tasks/impossible").status_code == 404


def test_unknown_fields_are_named_everywhere(platform: Platform) -> None:
    with platform.customer("C0000000003") as customer, platform.operator("hq-maker") as maker:
        for answer, path in (
            (customer.post("/loan-trials", json={"amount": 1}), "amount"),
            (customer.get("/tasks", params={"colour": "red"}), "colour"),
            (maker.put("/tasks/x", json={"name": "x", "kind": "growth", "content": {"al": []}}), "content.al"),
        ):
            assert answer.status_code == 400, answer.text
            assert answer.json()["errors"][0]["path"] == path
            assert len(answer.json()["trace_id"]) == 32


def test_one_customer_never_sees_anothers(platform: Platform) -> None:
    with platform.customer("C0000000004") as owner, platform.customer("C0000000005") as other:
        claim = owner.post("/tasks/explorer/claims").json()["claim_id"]
        assert owner.get(f"/claims/{claim}").status_code == 200
        for path in (f"/claims/{claim}", "/claims/1", "/coupons/1", "/loans/1", "/claims/notanumber"):
            assert other.get(path).status_code == 404
