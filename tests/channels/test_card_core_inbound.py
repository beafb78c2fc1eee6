"""The core's events on the wire: signed by the twin, delivered to the real route, stored in the real database."""

import json
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sanic import Sanic

from channels.card_core import inbound
from channels.card_core.signature import sign
from channels.sandbox import Keys, SandboxConfig, create_sandbox, ensure_keys
from channels.sandbox.delivery import completed
from kit import clock, database
from kit.http import install_problems
from kit.rsa import public_key
from tests.serving import serve

EVENTS = "/channels/v1/card-core/events"
DELIVER = "/control/card-core/transactions"
pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return ensure_keys(tmp_path_factory.mktemp("core") / "keys")


@pytest.fixture
async def platform(keys: Keys) -> AsyncIterator[httpx.AsyncClient]:
    app = Sanic("platform_under_test", configure_logging=False)
    app.ctx.partner_keys = {"card-core": public_key(keys.card_core_public_file.read_bytes())}
    inbound.routes.register(app)
    install_problems(app)
    async with serve(app, verify=False) as http:
        yield http


@pytest.fixture
async def bank(platform: httpx.AsyncClient, keys: Keys, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The control plane of a sandbox that delivers to `platform`."""
    config = SandboxConfig(str(platform.base_url), keys.card_core_public_file.parent, tmp_path / "data")
    async with serve(create_sandbox(config, name="delivering_sandbox"), verify=False) as http:
        yield http


def purchase(**change: Any) -> dict[str, Any]:
    return {"customer_no": "C0000000017", "amount_fen": 30_000} | change


def signed(keys: Keys, body: bytes) -> dict[str, str]:
    return sign(keys.card_core, "card-core", str(int(clock.now().timestamp())), uuid.uuid4().hex, body)


async def test_one_transaction_is_completed_signed_and_stored(bank: httpx.AsyncClient) -> None:
    answer = await bank.post(DELIVER, json=purchase())
    assert (answer.status_code, answer.json()) == (
        200,
        {"accepted": 1, "duplicates": 0, "suspended": [], "rejected": []},
    )
    row = await database.fetchrow("SELECT * FROM event")
    assert row is not None
    assert (row["source"], row["type"], row["card_last4"], row["card_product"]) == (
        "card-core",
        "purchase",
        "5770",
        "young",
    )


async def test_good_events_are_kept_and_bad_ones_listed_at_their_place(bank: httpx.AsyncClient) -> None:
    far = "2099-01-01T00:00:00+08:00"
    events = [
        purchase(event_id="A"),
        purchase(event_id="B", mcc="x"),
        purchase(event_id="A"),
        purchase(event_id="C", occurred_at=far),
        purchase(event_id="A", amount_fen=1),
        purchase(event_id="D", colour="red"),
    ]
    when = clock.local_text(clock.now())
    body = (await bank.post(DELIVER, json={"events": [{"occurred_at": when} | one for one in events]})).json()
    assert (body["accepted"], body["duplicates"]) == (1, 2)
    assert [(one["index"], one["event_id"]) for one in body["suspended"]] == [(4, "A")]
    assert [(one["index"], one["path"]) for one in body["rejected"]] == [(1, "mcc"), (3, "occurred_at"), (5, "colour")]


async def test_a_nul_refuses_only_its_event(platform: httpx.AsyncClient, keys: Keys) -> None:
    events = [completed(purchase(event_id=one)) for one in ("good", "b\x00d")]
    body = json.dumps({"events": events}).encode()
    answer = (await platform.post(EVENTS, content=body, headers=signed(keys, body))).json()
    assert (answer["accepted"], [(one["index"], one["path"]) for one in answer["rejected"]]) == (1, [(1, "event_id")])


async def test_a_delivery_may_come_twice_or_backwards(bank: httpx.AsyncClient) -> None:
    events = [purchase(event_id=f"E{n}") for n in range(3)]
    twice = (await bank.post(DELIVER, json={"events": events, "delivery": "twice"})).json()
    assert (twice["accepted"], twice["duplicates"], twice["suspended"]) == (3, 3, [])
    backwards = [purchase(event_id="F1"), purchase(event_id="F2", amount_fen=-1)]
    answer = (await bank.post(DELIVER, json={"events": backwards, "delivery": "reversed"})).json()
    assert [one["index"] for one in answer["rejected"]] == [0]


async def test_more_than_a_batch_is_delivered_in_batches(bank: httpx.AsyncClient) -> None:
    events = [purchase(event_id=f"N{n}") for n in range(5_001)] + [purchase(event_id="bad", mcc="?")]
    body = (await bank.post(DELIVER, json={"events": events}, timeout=60)).json()
    assert body["accepted"] == 5_001
    assert [one["index"] for one in body["rejected"]] == [5_001]


async def test_each_fault_of_the_signature_is_a_401_of_its_own(platform: httpx.AsyncClient, keys: Keys) -> None:
    body = b'{"events": []}'
    good = signed(keys, body)
    assert (await platform.post(EVENTS, content=body, headers=good)).status_code == 200
    wrong = {
        "signature.used_nonce": good,
        "signature.missing_header": {},
        "signature.unknown_partner": signed(keys, body) | {"X-Partner": "nobody"},
        "signature.old_timestamp": sign(keys.card_core, "card-core", "2020-01-01T00:00:00Z", "n", body),
        "signature.wrong": signed(keys, b"another"),
    }
    for code, headers in wrong.items():
        answer = await platform.post(EVENTS, content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, code)


@pytest.mark.parametrize("body", [b"", b"[]", b'{"events": {}}', json.dumps({"events": [{}] * 5_001}).encode()])
async def test_a_body_that_is_no_batch_is_a_400(platform: httpx.AsyncClient, keys: Keys, body: bytes) -> None:
    answer = await platform.post(EVENTS, content=body, headers=signed(keys, body))
    assert (answer.status_code, answer.json()["code"]) == (400, "request.invalid")
    assert await database.fetchval("SELECT count(*) FROM event") == 0


async def test_the_platforms_refusal_is_handed_through(bank: httpx.AsyncClient, platform: httpx.AsyncClient) -> None:
    inbound_app = Sanic.get_app("platform_under_test")
    inbound_app.ctx.partner_keys = {}
    answer = await bank.post(DELIVER, json=purchase())
    assert (answer.status_code, answer.json()["code"]) == (401, "signature.unknown_partner")
