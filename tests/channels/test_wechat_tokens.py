"""One token and one ticket for everybody: fetched once, healed once, kept when Redis is away."""

import asyncio
import sys
from collections import Counter

import httpx
import pytest
from redis.asyncio import Redis

from channels.wechat.client import WeChatClient
from channels.wechat.tokens import Shared
from domain.ports import NoAnswer
from tests.channels.boxed_bank import Sandbox
from tests.channels.conftest import ACCOUNT_SECRET, client_of
from tests.conftest import Servers
from tests.platform import ROOT

TOKEN, TICKET = "/wechat/cgi-bin/stable_token", "/wechat/cgi-bin/ticket/getticket"
MANY = 24


async def asked(sandbox: Sandbox) -> "Counter[str]":
    return Counter(call["path"] for call in await sandbox.calls("wechat"))


async def phones(sandbox: Sandbox, *clients: WeChatClient) -> None:
    """Many calls at once that need a token, dealt out to the clients."""
    numbers = [f"1380000{n:04d}" for n in range(MANY)]
    codes = [await sandbox.code(openid="o-1", phone=number) for number in numbers]
    calls = [clients[n % len(clients)].phone(code, "o-1") for n, code in enumerate(codes)]
    assert await asyncio.gather(*calls) == numbers


async def test_eight_cold_processes_fetch_one_token_and_one_ticket(
    sandbox: Sandbox, redis: Redis, servers: Servers
) -> None:
    program = (sys.executable, "-m", "tests.channels.many_processes")
    process = await asyncio.create_subprocess_exec(
        *program, servers.redis_url, f"{sandbox.url}/wechat", ACCOUNT_SECRET, cwd=ROOT
    )
    assert await asyncio.wait_for(process.wait(), 60) == 0
    assert await redis.get("wechat:meeting") == b"8"
    assert await asked(sandbox) == {TOKEN: 1, TICKET: 1}


async def test_an_invalid_token_is_replaced_once_for_all(
    sandbox: Sandbox, wechat_http: httpx.AsyncClient, redis: Redis
) -> None:
    clients = [client_of(wechat_http, redis) for _ in range(4)]
    await phones(sandbox, *clients)
    await sandbox.http.delete("/control/wechat/tokens")  # as if somebody had forced a new one
    await sandbox.http.delete("/control/journal")
    await phones(sandbox, *clients)
    assert (await asked(sandbox))[TOKEN] == 1


async def test_a_token_nobody_lent_us_is_replaced(wechat: WeChatClient, sandbox: Sandbox, redis: Redis) -> None:
    await redis.set("wechat:wx-test:token", "long gone")
    await phones(sandbox, wechat)
    assert (await asked(sandbox))[TOKEN] == 1
    assert await redis.ttl("wechat:wx-test:token") > 0


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
async def test_a_token_that_stays_invalid_ends_after_one_retry_and_few_fetches(
    wechat: WeChatClient, sandbox: Sandbox, errcode: int
) -> None:
    await sandbox.fault("wechat", f"errcode_{errcode}", times=10, path="getuserphonenumber")
    for _ in range(5):
        with pytest.raises(NoAnswer):
            await wechat.phone("any", "o-1")
    # The first, and one that shows that WeChat has no other to give.
    assert await asked(sandbox) == {TOKEN: 2, "/wechat/wxa/business/getuserphonenumber": 10}


async def test_the_ticket_is_shared_and_its_signature_is_over_the_page(
    wechat: WeChatClient, sandbox: Sandbox, wechat_http: httpx.AsyncClient, redis: Redis
) -> None:
    other = client_of(wechat_http, redis)
    first, second = await asyncio.gather(wechat.js_sdk("https://a/?x=1#top"), other.js_sdk("https://a/"))
    assert (first.app_id, len(first.nonce), len(first.signature)) == ("wx-account", 32, 40)
    assert first.signature != second.signature
    assert await asked(sandbox) == {TOKEN: 1, TICKET: 1}


async def test_an_invalid_token_does_not_cost_the_ticket(wechat: WeChatClient, sandbox: Sandbox, redis: Redis) -> None:
    await redis.set("wechat:wx-account:token", "long gone")
    assert len((await wechat.js_sdk("https://a/")).signature) == 40
    assert await asked(sandbox) == {TOKEN: 1, TICKET: 2}


async def test_without_redis_a_process_remembers_for_itself_and_heals(
    sandbox: Sandbox, wechat_http: httpx.AsyncClient
) -> None:
    async with Redis.from_url("redis://127.0.0.1:9", socket_connect_timeout=0.2) as nowhere:
        wechat = client_of(wechat_http, nowhere)
        await phones(sandbox, wechat)
        await phones(sandbox, wechat)
        assert (await asked(sandbox))[TOKEN] == 1
        await sandbox.http.delete("/control/wechat/tokens")
        await phones(sandbox, wechat)
        assert (await asked(sandbox))[TOKEN] == 2


@pytest.mark.parametrize("fault", ["http_500", "errcode_40125", "errcode_-1", "html", "garbage", "errcode_0"])
async def test_no_token_is_no_answer_for_all_who_wait_and_asked_for_once(
    wechat: WeChatClient, sandbox: Sandbox, fault: str
) -> None:
    await sandbox.fault("wechat", fault, times=1, path="stable_token")
    waiting = [wechat.phone("any", "o-1") for _ in range(6)]
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(answer) for answer in answers] == [NoAnswer] * 6
    assert await asked(sandbox) == {TOKEN: 1}


async def test_who_hangs_up_takes_the_token_from_nobody(redis: Redis) -> None:
    began, go_on = asyncio.Event(), asyncio.Event()

    async def fetch() -> tuple[str, int]:
        began.set()
        await go_on.wait()
        return "token", 7_200

    shared = Shared(redis, "wx-test", "token")
    first, second = (asyncio.create_task(shared.value(fetch)) for _ in range(2))
    await began.wait()
    first.cancel()
    go_on.set()
    assert await second == "token"
    assert await Shared(redis, "wx-test", "token").value(fetch) == "token"


async def test_while_one_fetches_the_others_wait(redis: Redis) -> None:
    fetched = 0

    async def fetch() -> tuple[str, int]:
        nonlocal fetched
        fetched += 1
        await asyncio.sleep(0.1)
        return f"token-{fetched}", 7_200

    stores = [Shared(redis, "wx-test", "token") for _ in range(4)]
    assert set(await asyncio.gather(*(store.value(fetch) for store in stores))) == {"token-1"}
    again = [store.value(fetch, stale="token-1") for store in stores]
    assert set(await asyncio.gather(*again)) == {"token-2"}
    assert fetched == 2
