"""Usage told by signed callbacks: several times, out of order, of things we do not know; it counts once."""

import asyncio
import secrets
from typing import Any

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from channels.card_core.signature import sign
from domain import approvals, benefits, customers, reconciliation, suppliers
from domain.benefits import SUPPLIERS, GrantState, Issued
from domain.suppliers import Usage
from kit import clock, database
from tests.domain.benefits.stage import benefit, grant
from tests.domain.coupons.stage import CHECKER, MAKER
from tests.domain.suppliers.twin import Twin
from tests.domain.tasks.time_machine import TimeMachine, time_machine

__all__ = ["time_machine"]


async def issued(twin: Twin, people: list[int], count: int = 1, **changes: Any) -> list[str]:
    """Request numbers of so many grants that the supplier has issued."""
    await twin.admit()
    await benefit("ticket", stock_mode="supplier_api", supplier="films", **changes)
    await grant(*((customer, "ticket", f"t{customer}") for customer in people[:count]))
    await suppliers.ask_suppliers()
    return [row[0] for row in await database.fetch("SELECT request_no FROM supplier_request ORDER BY id")]


async def states() -> list[str]:
    return [row[0] for row in await database.fetch("SELECT state FROM benefit_grant ORDER BY id")]


async def parked() -> list[tuple[str, str]]:
    found = await suppliers.parked_usages(MAKER, "films", None, 10)
    return [(one.usage_no, one.reason) for one in found]


def used(number: str, **what: Any) -> Usage:
    return Usage(number, clock.now(), **what)


async def test_a_shown_code_is_redeeming_until_the_supplier_confirms_and_twice_told_counts_once(
    twin: Twin, people: list[int]
) -> None:
    [number] = await issued(twin, people, confirmed_by_supplier=True)
    grant_id = await database.fetchval("SELECT id FROM benefit_grant")
    code = (await benefits.redeem(people[0], grant_id)).code
    assert await states() == ["redeeming"]
    told = await twin.use(request_no=number, delivery="twice", usage_no="U1")
    assert (told["accepted"], told["duplicates"], told["parked"], told["rejected"]) == (0, 1, [], [])
    assert await states() == ["redeemed"]
    assert (await benefits.redeem(people[0], grant_id)).code == code
    assert await twin.use(code=code, usage_no="U2") == {
        "accepted": 0,
        "duplicates": 0,
        "parked": [{"index": 0, "usage_no": "U2", "code": "grant.used_twice"}],
        "rejected": [],
    }
    assert await reconciliation.reconcile() == []


async def test_usage_of_imported_codes_and_of_codes_nobody_has_yet(twin: Twin, people: list[int]) -> None:
    await twin.admit()
    await benefit("ticket", codes=3, supplier="films")
    await grant((people[0], "ticket", "a"))
    mine = benefits.vault().open(await database.fetchval("SELECT sealed FROM benefit_code WHERE grant_id IS NOT NULL"))
    free = next(code for code in ("ticket-0000", "ticket-0001", "ticket-0002") if code != mine)
    assert (await twin.use(code=mine))["accepted"] == 1
    assert (await twin.use(code=free, usage_no="U2"))["parked"][0]["code"] == "code.in_stock"
    assert (await twin.use(code="nowhere", usage_no="U3"))["parked"][0]["code"] == "code.unknown"
    assert (await twin.use(request_no="nowhere", usage_no="U4"))["parked"][0]["code"] == "request.unknown"
    assert await states() == ["redeemed"]
    outcomes = await grant((people[1], "ticket", "b"), (people[2], "ticket", "c"))
    assert [isinstance(one, Issued) for one in outcomes] == [True, False], "the used code is out of stock"
    assert await parked() == [("U4", "request.unknown"), ("U3", "code.unknown"), ("U2", "code.in_stock")]
    assert await reconciliation.reconcile() == []


async def test_a_usage_that_is_told_before_the_issue_is_answered(
    twin: Twin, people: list[int], time_machine: TimeMachine
) -> None:
    await twin.admit()
    await benefit("ticket", stock_mode="supplier_api", supplier="films")
    await grant((people[0], "ticket", "a"), (people[1], "ticket", "b"))
    await twin.fault("timeout_after_work", "/issues", times=2)
    await suppliers.ask_suppliers()
    one, other = (await twin.ledger())["issues"]
    assert (await twin.use(request_no=one["request_no"]))["accepted"] == 1
    assert (await twin.use(code=other["code"], usage_no="U2"))["parked"][0]["code"] == "code.unknown"
    assert sorted(await states()) == ["issuing", "redeemed"]
    time_machine(seconds=16)
    assert await suppliers.ask_suppliers() == 2
    assert await states() == ["redeemed", "redeemed"]
    assert await parked() == []
    assert await reconciliation.reconcile() == []


async def test_usage_in_time_told_late_and_usage_of_what_was_taken_back(
    twin: Twin, people: list[int], time_machine: TimeMachine
) -> None:
    late, taken = await issued(twin, people, 2, validity={"days": 1})
    async with database.transaction() as connection:
        await customers.lock(connection, people)
        second = await connection.fetchval("SELECT max(id) FROM benefit_grant")
        await benefits.void(connection, [second], "clawback")
    before = clock.now()
    time_machine(days=3)
    await benefits.expire()
    assert await states() == ["expired", "voided"]
    await twin.use(request_no=late, used_at=clock.local_text(before))
    assert (await twin.use(request_no=taken, usage_no="U2"))["parked"][0]["code"] == "grant.voided"
    assert await states() == ["redeemed", "voided"]
    assert await reconciliation.reconcile() == []


async def test_a_shown_code_that_nobody_uses_expires(twin: Twin, people: list[int], time_machine: TimeMachine) -> None:
    await issued(twin, people, confirmed_by_supplier=True, validity={"days": 1})
    await benefits.redeem(people[0], await database.fetchval("SELECT id FROM benefit_grant"))
    time_machine(days=3)
    assert await benefits.expire() == 1
    assert await states() == ["expired"]


async def test_the_same_usages_told_by_many_at_once_in_any_order(twin: Twin, people: list[int]) -> None:
    numbers = await issued(twin, people, 10)
    told = [used(f"U{place}", request_no=number) for place, number in enumerate(numbers)]
    told += [used(f"X{place}", code=f"nowhere-{place}") for place in range(5)]
    batches = [told, told[::-1], told[7:] + told[:7], told[3:9]]
    outcomes = await asyncio.gather(*(suppliers.take_usages("films", batch, "callback") for batch in batches))
    flat = [one.state for batch in outcomes for one in batch]
    assert (flat.count("taken"), flat.count("parked")) == (10, 5)
    assert await states() == ["redeemed"] * 10
    assert await reconciliation.reconcile() == []


class Door:
    """Callbacks made by hand, right or wrong."""

    def __init__(self, twin: Twin, key: RSAPrivateKey) -> None:
        self.url, self.key = str(twin.app.ctx.config.platform_url), key

    async def send(self, body: bytes, partner: str = "films", path: str = "films", **changed: str) -> httpx.Response:
        headers = sign(self.key, partner, str(int(clock.now().timestamp())), secrets.token_urlsafe(9), body)
        async with httpx.AsyncClient(trust_env=False) as http:
            address = f"{self.url}/channels/v1/suppliers/{path}/usage"
            return await http.post(address, content=body, headers={**headers, **changed})


@pytest.fixture
async def door(twin: Twin) -> Door:
    await twin.admit()
    return Door(twin, twin.app.ctx.supplier_key)


ONE = msgspec.json.encode({"usages": [{"usage_no": "U1", "used_at": "2026-11-01T12:00:00+08:00", "code": "x"}]})


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"X-Timestamp": "1000000000"}, "signature.old_timestamp"),
        ({"X-Nonce": "another"}, "signature.wrong"),
        ({"partner": "card-core"}, "signature.unknown_partner"),
        ({"path": "nobody"}, "signature.unknown_partner"),
        ({"X-Signature": "AAAA"}, "signature.wrong"),
    ],
)
async def test_whoever_is_not_the_supplier_changes_nothing(door: Door, changed: dict[str, str], code: str) -> None:
    answer = await door.send(ONE, **changed)
    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert await database.fetchval("SELECT count(*) FROM supplier_usage") == 0


async def test_a_nonce_is_good_once_and_a_suspended_supplier_may_tell(door: Door) -> None:
    await approvals.pause(SUPPLIERS, "films", CHECKER)
    headers = sign(door.key, "films", str(int(clock.now().timestamp())), "once", ONE)
    first = await door.send(ONE, **headers)
    again = await door.send(ONE, **headers)
    assert (first.status_code, again.status_code, again.json()["code"]) == (200, 401, "signature.used_nonce")


async def test_a_bad_usage_refuses_no_other(door: Door) -> None:
    good = {"usage_no": "U1", "used_at": "2026-11-01T12:00:00+08:00", "code": "x"}
    bad = [
        {**good, "request_no": "both"},
        {**good, "usage_no": ""},
        {**good, "used_at": "2026-11-01T12:00:00"},
        {**good, "cost_fen": -1},
        {**good, "colour": "red"},
        7,
    ]
    answer = (await door.send(msgspec.json.encode({"usages": [*bad, good]}))).json()
    assert [(one["index"], one["path"]) for one in answer["rejected"]] == [
        (0, "code"),
        (1, "usage_no"),
        (2, "used_at"),
        (3, "cost_fen"),
        (4, "colour"),
        (5, ""),
    ]
    assert answer["parked"] == [{"index": 6, "usage_no": "U1", "code": "code.unknown"}]
    for body in (b"", b"[]", b'{"usages": []}', b'{"usages": [{}], "more": 1}'):
        assert (await door.send(body)).status_code == 400
    assert await database.fetchval("SELECT count(*) FROM supplier_usage") == 1


async def test_grants_of_others_are_not_a_suppliers_to_tell(twin: Twin, people: list[int]) -> None:
    [number] = await issued(twin, people)
    await twin.admit("rivals")
    assert (await twin.use("rivals", request_no=number))["parked"][0]["code"] == "request.unknown"
    assert await states() == [str(GrantState.GRANTED)]
