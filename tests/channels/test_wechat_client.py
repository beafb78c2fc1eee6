"""The WeChat client against its twin: codes, errcodes, and one token for everybody."""

import asyncio
import logging
from collections.abc import AsyncIterator

import httpx
import pytest
from redis.asyncio import Redis

from channels.outbound import connect
from channels.wechat.api import App
from channels.wechat.client import WeChatClient
from channels.wechat.tokens import Shared
from domain.ports import NoAnswer, Refused, WeChatUser
from tests.channels.boxed_bank import Sandbox
from tests.channels.conftest import ACCOUNT_SECRET, WECHAT_SECRET
from tests.conftest import Servers

TOKENS = "/wechat/cgi-bin/stable_token"


@pytest.fixture
async def redis(servers: Servers) -> AsyncIterator[Redis]:
    client = Redis.from_url(servers.redis_url)
    async for key in client.scan_iter("wechat:*"):
        await client.delete(key)
    yield client
    await client.aclose()


@pytest.fixture
async def http(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    async with connect(f"{sandbox.url}/wechat", timeout_seconds=0.5) as client:
        yield client


def client_of(http: httpx.AsyncClient, redis: Redis) -> WeChatClient:
    """As in a process of its own."""
    mini = App("wx-test", WECHAT_SECRET, http, redis)
    return WeChatClient(mini, App("wx-account", ACCOUNT_SECRET, http, redis), "https://open.weixin.qq.com")


@pytest.fixture
def wechat(http: httpx.AsyncClient, redis: Redis) -> WeChatClient:
    return client_of(http, redis)


async def tokens_fetched(sandbox: Sandbox) -> int:
    return [call["path"] for call in await sandbox.calls("wechat")].count(TOKENS)


async def test_a_login_code_names_its_user_once(wechat: WeChatClient, sandbox: Sandbox) -> None:
    code = await sandbox.code(openid="o-1", app="mini", unionid="u-1")
    assert await wechat.mini_user(code) == WeChatUser("o-1", "u-1")
    with pytest.raises(Refused, match=r"wechat\.bad_code"):
        await wechat.mini_user(code)
    assert await tokens_fetched(sandbox) == 0


@pytest.mark.parametrize("app", ["h5", None])
async def test_a_code_that_is_not_ours_is_bad(wechat: WeChatClient, sandbox: Sandbox, app: str | None) -> None:
    code = await sandbox.code(openid="o-1", app=app) if app else "made-up"
    with pytest.raises(Refused, match=r"wechat\.bad_code"):
        await wechat.mini_user(code)


@pytest.mark.parametrize(
    ("errcode", "code"),
    [(40029, "bad_code"), (40163, "bad_code"), (40226, "risky_user"), (45011, "too_often")],
)
async def test_wechats_refusals_are_ours(wechat: WeChatClient, sandbox: Sandbox, errcode: int, code: str) -> None:
    await sandbox.fault("wechat", f"errcode_{errcode}")
    with pytest.raises(Refused) as refused:
        await wechat.mini_user("any")
    assert refused.value.code == f"wechat.{code}"


@pytest.mark.parametrize(
    "fault", ["errcode_-1", "errcode_40125", "errcode_45009", "html", "garbage", "http_502", "http_404", "timeout"]
)
async def test_whatever_says_nothing_about_the_user_is_no_answer(
    wechat: WeChatClient, sandbox: Sandbox, fault: str
) -> None:
    await sandbox.fault("wechat", fault)
    with pytest.raises(NoAnswer):
        await wechat.mini_user(await sandbox.code(openid="o-1"))


async def test_success_without_an_openid_is_no_answer(wechat: WeChatClient, sandbox: Sandbox) -> None:
    await sandbox.fault("wechat", "errcode_0")
    with pytest.raises(NoAnswer):
        await wechat.mini_user("any")


async def test_many_at_once_fetch_one_token(
    wechat: WeChatClient, sandbox: Sandbox, http: httpx.AsyncClient, redis: Redis
) -> None:
    other = client_of(http, redis)
    codes = [await sandbox.code(openid="o-1", phone=f"1380000{n:04d}") for n in range(12)]
    asked = [(wechat, other)[n % 2].phone(code, "o-1") for n, code in enumerate(codes)]
    assert await asyncio.gather(*asked) == [f"1380000{n:04d}" for n in range(12)]
    assert await tokens_fetched(sandbox) == 1


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


async def test_a_phone_code_is_its_users_and_good_once(wechat: WeChatClient, sandbox: Sandbox) -> None:
    code = await sandbox.code(openid="o-1", phone="13800000001")
    assert await wechat.phone(code, "o-1") == "13800000001"
    stolen = await sandbox.code(openid="o-1", phone="13800000001")
    login_only = await sandbox.code(openid="o-1")
    for bad, openid in ((code, "o-1"), (stolen, "o-2"), (login_only, "o-1")):
        with pytest.raises(Refused, match=r"wechat\.bad_code"):
            await wechat.phone(bad, openid)


async def test_a_stale_token_is_replaced_once(wechat: WeChatClient, sandbox: Sandbox, redis: Redis) -> None:
    await redis.set("wechat:wx-test:token", "long gone")
    code = await sandbox.code(openid="o-1", phone="13800000001")
    assert await wechat.phone(code, "o-1") == "13800000001"
    assert await tokens_fetched(sandbox) == 1
    assert await redis.ttl("wechat:wx-test:token") > 0


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
async def test_a_token_that_stays_stale_ends_after_one_retry(
    wechat: WeChatClient, sandbox: Sandbox, errcode: int
) -> None:
    await sandbox.fault("wechat", f"errcode_{errcode}", times=5, path="getuserphonenumber")
    with pytest.raises(NoAnswer):
        await wechat.phone("any", "o-1")
    asked = [call for call in await sandbox.calls("wechat") if call["path"].endswith("getuserphonenumber")]
    assert len(asked) == 2


async def test_without_redis_phones_are_still_found(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    nowhere = Redis.from_url("redis://127.0.0.1:9", socket_connect_timeout=0.2)
    wechat = client_of(http, nowhere)
    code = await sandbox.code(openid="o-1", phone="13800000001")
    assert await wechat.phone(code, "o-1") == "13800000001"
    await nowhere.aclose()


async def test_no_secret_is_written_anywhere(
    wechat: WeChatClient, sandbox: Sandbox, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        await wechat.mini_user(await sandbox.code(openid="o-1"))
        await wechat.phone(await sandbox.code(openid="o-1", phone="13800000001"), "o-1")
        await sandbox.fault("wechat", "http_500")
        with pytest.raises(NoAnswer) as silence:
            await wechat.mini_user("a-login-code")
    written = caplog.text + "".join(capfd.readouterr()) + str(await sandbox.calls("wechat")) + str(silence.value)
    assert "http_500" in written
    for secret in (WECHAT_SECRET, "a-login-code", "twin_"):
        assert secret not in written


async def test_a_page_in_wechat_learns_who_came(wechat: WeChatClient, sandbox: Sandbox) -> None:
    code = await sandbox.code(openid="o-h5", app="h5", unionid="u-1")
    assert await wechat.web_user(code) == WeChatUser("o-h5", "u-1")
    with pytest.raises(Refused, match=r"wechat\.bad_code"):
        await wechat.web_user(code)


async def test_the_js_sdk_signature_is_over_the_page_and_a_shared_ticket(
    wechat: WeChatClient, sandbox: Sandbox
) -> None:
    first, second = await asyncio.gather(wechat.js_sdk("https://a/?x=1#top"), wechat.js_sdk("https://a/"))
    assert (first.app_id, len(first.nonce), len(first.signature)) == ("wx-account", 32, 40)
    assert first.signature != second.signature
    paths = [call["path"] for call in await sandbox.calls("wechat")]
    assert paths.count("/wechat/cgi-bin/ticket/getticket") == 1
