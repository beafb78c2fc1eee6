"""GET /stream and /changes, where no hint ever comes: what is told does not depend on Redis."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest

import api.live
from kit import database
from tests.api.room import SignIn, customers_room
from tests.domain.coupons.stage import issue_one, new_customers, publish_template

pytestmark = pytest.mark.usefixtures("database")
Told = tuple[int, str, dict[str, str]]


@pytest.fixture
async def sign_in(database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SignIn]:
    monkeypatch.setattr(api.live, "HEARTBEAT_SECONDS", 0.1)
    async with customers_room() as room:
        yield room


async def events(response: httpx.Response) -> AsyncIterator[Told]:
    """As a browser reads them: an id stays in force until the next one."""
    number, event = 0, {}
    async for line in response.aiter_lines():
        if line:
            name, _, value = line.partition(": ")
            event[name] = value
            continue
        number = int(event.get("id", number))
        if "data" in event:
            yield number, event["event"], json.loads(event["data"])
        event = {}


async def told(client: httpx.AsyncClient, count: int, **asked: dict[str, str]) -> list[Told]:
    """The first so many changes of a stream."""
    found: list[Told] = []
    async with asyncio.timeout(20), client.stream("GET", "/stream", timeout=20, **asked) as response:
        assert response.status_code == 200, await response.aread()
        async for one in events(response):
            if one[1] != "heartbeat":
                found.append(one)
            if len(found) == count:
                return found
    return found


async def test_without_hints_the_heartbeat_looks(sign_in: SignIn) -> None:
    await publish_template("free7", per_person=None)
    [customer] = await new_customers()
    client = await sign_in(customer)
    async with asyncio.timeout(20), client.stream("GET", "/stream", timeout=20) as response:
        heard = events(response)
        assert (await anext(heard))[:2] == (0, "heartbeat")
        coupon = await issue_one(customer, "free7")
        while (one := await anext(heard))[1] == "heartbeat":
            pass
    assert (one[1], one[2]["coupon_id"]) == ("coupon.issued", str(coupon))


async def test_a_page_that_was_away_long_is_told_everything_at_once(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api.live, "HEARTBEAT_SECONDS", 3600)  # nothing may have to wait for it
    await publish_template("free7", per_person=None)
    [customer] = await new_customers()
    made = [await issue_one(customer, "free7") for _ in range(230)]
    client = await sign_in(customer)
    found = await told(client, 230, params={"after": "0"})
    assert [int(data["coupon_id"]) for _, _, data in found] == made
    numbers = [number for number, _, _ in found]
    assert numbers == sorted(set(numbers))
    rest = await told(client, 30, headers={"Last-Event-ID": str(numbers[199])}, params={"after": "0"})
    assert rest == found[200:], "the header is younger than the address"


@pytest.mark.parametrize("seen", ["²", "abc", "-1", "1e3", "9" * 30, ""])
async def test_a_number_that_is_none_begins_with_what_comes_next(sign_in: SignIn, seen: str) -> None:
    await publish_template("free7", per_person=None)
    [customer] = await new_customers()
    await issue_one(customer, "free7")
    client = await sign_in(customer)
    headers = {"Last-Event-ID": seen.encode("latin-1")}
    async with asyncio.timeout(20), client.stream("GET", "/stream", headers=headers, timeout=20) as response:
        heard = events(response)
        last = (await anext(heard))[0]
        coupon = await issue_one(customer, "free7")
        while (one := await anext(heard))[1] == "heartbeat":
            pass
    assert last > 0
    assert one[2]["coupon_id"] == str(coupon)


async def test_a_number_from_before_the_database_was_restored_goes_on_from_the_present(sign_in: SignIn) -> None:
    await publish_template("free7", per_person=None)
    [customer] = await new_customers()
    await issue_one(customer, "free7")
    client = await sign_in(customer)
    headers = {"Last-Event-ID": str(10**15)}
    async with asyncio.timeout(20), client.stream("GET", "/stream", headers=headers, timeout=20) as response:
        heard = events(response)
        await anext(heard)
        coupon = await issue_one(customer, "free7")
        while (one := await anext(heard))[1] == "heartbeat":
            pass
    assert one[2]["coupon_id"] == str(coupon)


async def test_the_stream_ends_with_the_session(sign_in: SignIn) -> None:
    [customer] = await new_customers()
    client = await sign_in(customer)
    async with asyncio.timeout(20), client.stream("GET", "/stream", timeout=20) as response:
        heard = events(response)
        await anext(heard)
        await database.execute("UPDATE customer_session SET revoked_at = now() WHERE customer_id = $1", customer)
        async for _ in heard:
            pass
    assert (await client.get("/changes")).status_code == 401


async def test_polling_in_pages_tells_each_change_once(sign_in: SignIn) -> None:
    await publish_template("free7", per_person=None)
    [customer] = await new_customers()
    client = await sign_in(customer)
    after = (await client.get("/changes")).json()["last"]
    made = [await issue_one(customer, "free7") for _ in range(130)]
    read: list[int] = []
    while items := (answer := (await client.get("/changes", params={"after": after})).json())["items"]:
        read += [int(item["data"]["coupon_id"]) for item in items]
        after = answer["last"]
    assert read == made
