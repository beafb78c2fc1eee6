"""The bank in a box itself: control plane, faults, journal, clock, keys and its page."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from channels.bank_app.verifier import BankAppVerifier
from channels.sandbox import ensure_keys
from channels.sandbox.customers import DEMO_CUSTOMERS, STAGES, card_of
from channels.sandbox.delivery import completed
from kit import clock
from tests.channels.boxed_bank import Sandbox


def verifier_of(sandbox: Sandbox) -> BankAppVerifier:
    return BankAppVerifier((sandbox.config.keys_dir / "bank_app.pub.pem").read_bytes(), "cardquest")


async def test_a_ticket_and_its_link(sandbox: Sandbox) -> None:
    made = (await sandbox.http.post("/control/bank-app/tickets", json={"customer_no": "C1"})).json()
    assert verifier_of(sandbox).verify_ticket(made["ticket"]).customer_no == "C1"
    assert made["url"] == f"{sandbox.config.platform_url}/h5/sign-in#ticket={made['ticket']}"


async def test_opening_the_app_makes_a_fresh_ticket_each_time(sandbox: Sandbox) -> None:
    tickets = set()
    for _ in range(2):
        opened = await sandbox.http.get("/bank-app/open", params={"customer_no": "C0000000001"})
        assert opened.status_code == 302
        page, _, ticket = opened.headers["location"].partition("#ticket=")
        assert page == f"{sandbox.config.platform_url}/h5/sign-in"
        tickets.add(verifier_of(sandbox).verify_ticket(ticket).ticket_id)
    assert len(tickets) == 2
    assert (await sandbox.http.get("/bank-app/open")).status_code == 400


@pytest.mark.parametrize("path", ["/", "/control/"])
async def test_the_page_shows_every_customer_and_fetches_nothing(sandbox: Sandbox, path: str) -> None:
    page = (await sandbox.http.get(path)).text
    for one in DEMO_CUSTOMERS:
        assert one.name in page
        assert f"/bank-app/open?customer_no={one.customer_no}" in page
    assert "/control/card-core/transactions" in page
    assert "src=" not in page
    assert page.count("http://") == page.count(sandbox.config.platform_url)


async def test_a_fault_happens_as_often_as_it_is_armed(sandbox: Sandbox) -> None:
    await sandbox.fault("card-core", "http_503", times=2, path="rates")
    assert (await sandbox.http.get("/card-core/customers/C0000000001")).status_code == 200
    statuses = [(await sandbox.http.get("/card-core/rates/loan")).status_code for _ in range(3)]
    assert statuses == [503, 503, 200]


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ({"service": "post-office", "fault": "timeout"}, "service"),
        ({"service": "sms", "fault": "flood"}, "fault"),
        ({"service": "sms", "fault": "http_200"}, "fault"),
        ({"service": "sms", "fault": "timeout", "times": 0}, "times"),
    ],
)
async def test_what_cannot_be_armed_is_refused(sandbox: Sandbox, wanted: dict[str, object], path: str) -> None:
    answer = await sandbox.http.post("/control/faults", json=wanted)
    assert answer.status_code == 400
    assert [one["path"] for one in answer.json()["errors"]] == [path]


async def test_the_journal_keeps_what_came_and_how_it_ended(sandbox: Sandbox) -> None:
    await sandbox.fault("card_core", "connection_reset")
    with pytest.raises(httpx.TransportError):
        await sandbox.http.get("/card-core/rates/loan")
    lookup = {"phone": "13800000001", "card_last4": "0000"}
    await sandbox.http.post("/card-core/customer-lookups", json=lookup, headers={"X-Request-No": "Q1"})
    lost, answered = await sandbox.calls("card_core")
    assert (lost["method"], lost["status"], lost["fault"]) == ("GET", None, "connection_reset")
    assert (answered["status"], answered["body"], answered["request_no"]) == (404, lookup, "Q1")
    assert await sandbox.calls("wechat") == []
    assert (await sandbox.http.delete("/control/journal")).status_code == 204
    assert await sandbox.calls("card_core") == []


async def test_credentials_in_a_call_are_masked(sandbox: Sandbox) -> None:
    await sandbox.http.get("/wechat/sns/jscode2session", params={"appid": "wx-test", "secret": "s", "js_code": "c"})
    (call,) = await sandbox.calls("wechat")
    assert call["query"] == {"appid": "wx-test", "secret": "***", "js_code": "***"}


async def test_the_clock_moves_for_everyone_or_says_that_it_cannot(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "_offset", None)
    refused = await sandbox.http.post("/control/clock", json={"advance_seconds": 60})
    assert (refused.status_code, refused.json()["code"]) == (409, "clock.not_movable")
    clock.attach(tmp_path / "clock")
    before = clock.now()
    moved = (await sandbox.http.post("/control/clock", json={"advance_seconds": 86_400})).json()
    assert moved["offset_seconds"] == 86_400
    assert (clock.now() - before).total_seconds() >= 86_400
    assert (await sandbox.http.get("/control/clock")).json()["offset_seconds"] == 86_400


async def test_an_unreachable_platform_is_said_so(sandbox: Sandbox) -> None:
    answer = await sandbox.http.post("/control/card-core/transactions", json={"customer_no": "C1"})
    assert (answer.status_code, answer.json()["code"]) == (503, "sandbox.platform_silent")


def test_only_what_is_missing_is_filled_in() -> None:
    told = completed({"customer_no": "C0000000017", "amount_fen": 1})
    assert told["card"] == card_of("C0000000017")
    assert (told["type"], told["currency"]) == ("purchase", "CNY")
    assert told["event_id"] != completed({"customer_no": "C0000000017"})["event_id"]
    own = {"event_id": "E1", "type": "refund", "customer_no": "C1", "occurred_at": "x", "currency": "USD", "card": None}
    assert completed(own) == own
    assert "card" not in completed({"type": "sign_in", "customer_no": "C1"})


def test_the_demo_customers_are_of_all_stages_and_tell_apart() -> None:
    assert len(DEMO_CUSTOMERS) == 20
    assert [one.customer_no for one in DEMO_CUSTOMERS] == [f"C{n:010d}" for n in range(1, 21)]
    assert {one.stage for one in DEMO_CUSTOMERS} == set(STAGES)
    assert {one.card_product for one in DEMO_CUSTOMERS} == {"young", "gold", "platinum"}
    assert len({one.card_last4 for one in DEMO_CUSTOMERS}) == len({one.phone for one in DEMO_CUSTOMERS}) == 20


def test_keys_are_made_once_and_private_ones_stay_private(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as starting_at_once:
        made = list(starting_at_once.map(ensure_keys, [tmp_path / "keys"] * 4))
    numbers = {keys.card_core.private_numbers().d for keys in [*made, ensure_keys(tmp_path / "keys")]}
    assert len(numbers) == 1
    files = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "keys").iterdir()}
    assert files == {
        "bank_app.pem": 0o600,
        "bank_app.pub.pem": 0o644,
        "card_core.pem": 0o600,
        "card_core.pub.pem": 0o644,
        "supplier.pem": 0o600,
        "supplier.pub.pem": 0o644,
        "platform.pem": 0o600,
        "platform.pub.pem": 0o644,
        "sms.pem": 0o600,
        "sms.pub.pem": 0o644,
        "push.pem": 0o600,
        "push.pub.pem": 0o644,
    }
