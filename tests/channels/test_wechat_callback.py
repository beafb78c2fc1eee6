"""WeChat's callbacks: who may speak, what is stored once, what becomes of it; sent by the twin over real HTTP."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sanic import Sanic

from channels.sandbox import SandboxConfig, create_sandbox
from channels.wechat import callback, crypto, envelope
from channels.wechat.callback import PATH, CallbackKeys
from kit import clock
from kit import database as db
from kit.http import install_problems
from tests.channels.boxed_bank import Sandbox
from tests.channels.wechat_rows import stored
from tests.serving import serve

TOKEN, OLD_TOKEN = "present", "previous"
KEY, OLD_KEY = "k" * 43, "o" * 43
KEYS = CallbackKeys((TOKEN, OLD_TOKEN), (KEY, OLD_KEY), {"wx-mini": "mini", "wx-account": "account"})


@pytest.fixture(scope="session")
async def platform_http() -> AsyncIterator[httpx.AsyncClient]:
    """Our side of it, alone."""
    app = Sanic("wechat_callbacks", configure_logging=False)
    app.ctx.wechat_keys = KEYS
    callback.routes.register(app)
    install_problems(app)
    async with serve(app, verify=False) as http:
        yield http


@pytest.fixture(scope="session")
async def telling_sandbox(
    platform_http: httpx.AsyncClient, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Sandbox]:
    folder: Path = tmp_path_factory.mktemp("telling")
    config = SandboxConfig(
        platform_url=str(platform_http.base_url),
        keys_dir=folder / "keys",
        data_dir=folder / "data",
        wechat_app_id="wx-mini",
        wechat_account_app_id="wx-account",
        wechat_callback_token=TOKEN,
        wechat_callback_key=KEY,
    )
    async with serve(create_sandbox(config, name="sandbox_that_tells"), verify=False) as http:
        yield Sandbox(http, str(http.base_url), config)


@pytest.fixture
async def people(telling_sandbox: Sandbox, database: str) -> Sandbox:
    await telling_sandbox.settle()
    return telling_sandbox


def signed(body_of: str, token: str = TOKEN, key: str = KEY, app_id: str = "wx-account", age: int = 0) -> httpx.Request:
    """A callback as WeChat sends it, whatever is wrong with it."""
    timestamp, nonce = str(int(clock.now().timestamp()) - age), secrets.token_hex(5)
    encrypted = crypto.encrypt(body_of, key, app_id)
    query = {
        "timestamp": timestamp,
        "nonce": nonce,
        "encrypt_type": "aes",
        "msg_signature": crypto.signature(token, timestamp, nonce, encrypted),
    }
    body = f"<xml><ToUserName>gh</ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    return httpx.Request("POST", f"http://x{PATH}", params=query, content=body.encode())


def follow_xml(openid: str = "o-1", second: int | None = None, event: str = "subscribe") -> str:
    seconds = int(clock.now().timestamp()) if second is None else second
    return (
        f"<xml><ToUserName>gh</ToUserName><FromUserName>{openid}</FromUserName><CreateTime>{seconds}</CreateTime>"
        f"<MsgType>event</MsgType><Event>{event}</Event></xml>"
    )


async def send(http: httpx.AsyncClient, request: httpx.Request, **changes: str | None) -> httpx.Response:
    params = {name: value for name, value in {**request.url.params, **changes}.items() if value is not None}
    return await http.post(PATH, params=params, content=request.content)


async def test_a_follow_is_acknowledged_stored_and_told(people: Sandbox) -> None:
    answer = await people.wechat("follows", openid="o-1")
    assert answer == {"status": 200, "body": "success"}
    [row] = await stored()
    assert (row["app"], row["openid"], row["kind"], row["state"]) == ("account", "o-1", "subscribe", "handed")
    assert await db.fetchval("SELECT followed FROM wechat_follower WHERE openid = 'o-1'") is True
    assert await db.fetchval("SELECT count(*) FROM outbox WHERE fact = 'AccountFollowed'") == 1


async def test_told_twice_is_told_once(people: Sandbox) -> None:
    assert (await people.wechat("follows", openid="o-1", delivery="twice"))["body"] == "success"
    assert len(await stored()) == 1
    assert await db.fetchval("SELECT count(*) FROM outbox") == 1


async def test_the_same_again_under_another_nonce_or_at_the_same_moment_is_told_once(
    platform_http: httpx.AsyncClient, database: str
) -> None:
    text = follow_xml()
    requests = [signed(text) for _ in range(6)]
    answers = await asyncio.gather(*(send(platform_http, request) for request in requests))
    assert [(one.status_code, one.text) for one in answers] == [(200, "success")] * 6
    assert len(await stored()) == 1
    assert await db.fetchval("SELECT count(*) FROM outbox") == 1


async def test_late_and_out_of_order_the_latest_stands(people: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    for seconds, followed in ((0, True), (60, False), (120, True), (180, False)):
        monkeypatch.setattr(clock, "now", lambda seconds=seconds: now + timedelta(seconds=seconds))
        await people.wechat("follows", openid="o-1", followed=followed, delivery="held")
    assert await stored() == []
    answers = await people.wechat("callbacks/release", backwards=True)
    assert [one["body"] for one in answers["items"]] == ["success"] * 4
    assert await db.fetchval("SELECT followed FROM wechat_follower") is False
    assert await db.fetchval("SELECT count(*) FROM outbox") == 4


async def test_what_nobody_asked_for_is_kept_and_acknowledged(people: Sandbox) -> None:
    assert (await people.wechat("words", openid="o-1", text="]]> 你好 <b>"))["body"] == "success"
    assert (await people.wechat("words", openid="o-1", app="mini"))["body"] == "success"
    rows = await stored()
    assert [(row["app"], row["kind"], row["state"]) for row in rows] == [
        ("account", "text", "kept"),
        ("mini", "text", "kept"),
    ]
    assert envelope.text(rows[0]["content"], "Content") == "]]> 你好 <b>"


@pytest.mark.parametrize("form", ["xml", "json"])
@pytest.mark.parametrize("count", [1, 3])
async def test_lists_come_as_objects_and_as_arrays(people: Sandbox, form: str, count: int) -> None:
    found = [{"TemplateId": f"t-{n}", "SubscribeStatusString": "accept"} for n in range(count)]
    listed = found[0] if count == 1 else found
    wrapped = {"SubscribeMsgPopupEvent": {"List": listed}} if form == "xml" else {"List": listed}
    content = {"MsgType": "event", "Event": "subscribe_msg_popup_event", **wrapped}
    answer = await people.wechat("callbacks", openid="o-1", app="mini", form=form, content=content)
    assert answer["body"] == "success"
    [row] = await stored()
    assert envelope.items(row["content"], "SubscribeMsgPopupEvent") == found


async def test_what_a_phone_answers_and_what_became_of_messages_is_told(people: Sandbox) -> None:
    await people.wechat("subscriptions", openid="o-1", template_ids=["t-1", "t-2"])
    await people.wechat("subscriptions", openid="o-1", template_ids=["t-1"], accepted=False, change=True)
    rows = await stored()
    assert [row["kind"] for row in rows] == ["subscribe_msg_popup_event", "subscribe_msg_change_event"]
    assert [one["SubscribeStatusString"] for one in envelope.items(rows[1]["content"], "SubscribeMsgChangeEvent")] == [
        "reject"
    ]


async def test_two_reports_in_one_second_are_two(people: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    for number in (1, 2):
        content = {"MsgType": "event", "Event": "TEMPLATESENDJOBFINISH", "MsgID": number, "Status": "success"}
        await people.wechat("callbacks", openid="o-1", content=content)
    assert [row["kind"] for row in await stored()] == ["templatesendjobfinish"] * 2


async def test_previous_token_and_key_still_open_what_is_on_its_way(
    platform_http: httpx.AsyncClient, database: str
) -> None:
    answer = await send(platform_http, signed(follow_xml(), OLD_TOKEN, OLD_KEY))
    assert (answer.status_code, answer.text) == (200, "success")
    assert answer.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize(
    ("how", "status", "code"),
    [
        ({"token": "somebody"}, 401, "wechat.bad_signature"),
        ({"age": 301}, 401, "wechat.old_timestamp"),
        ({"age": -301}, 401, "wechat.old_timestamp"),
        ({"key": "x" * 43}, 401, "wechat.not_for_us"),
        ({"app_id": "wx-stranger"}, 401, "wechat.not_for_us"),
        ({"body_of": "<xml></xml>"}, 400, "request.invalid"),
        ({"body_of": '<!DOCTYPE x [<!ENTITY a "b">]><xml>&a;</xml>'}, 400, "request.invalid"),
        ({"body_of": '{"FromUserName": "o", "CreateTime": 1, "MsgType": "\\u0000"}'}, 400, "request.invalid"),
    ],
)
async def test_whoever_is_not_wechat_changes_nothing(
    platform_http: httpx.AsyncClient, database: str, how: dict[str, Any], status: int, code: str
) -> None:
    answer = await send(platform_http, signed(**({"body_of": follow_xml()} | how)))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await stored() == []


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"msg_signature": None}, 401),
        ({"msg_signature": "0" * 40}, 401),
        ({"msg_signature": "ü" * 40}, 400),
        ({"nonce": "another"}, 401),
        ({"nonce": None}, 400),
        ({"timestamp": "now"}, 400),
    ],
)
async def test_an_address_that_does_not_fit_changes_nothing(
    platform_http: httpx.AsyncClient, database: str, changes: dict[str, str | None], status: int
) -> None:
    answer = await send(platform_http, signed(follow_xml()), **changes)
    assert answer.status_code == status
    assert await stored() == []


@pytest.mark.parametrize("body", [b"", b"hello", b"<xml/>", follow_xml().encode(), b"<xml>" + b" " * 70_000, b"{}"])
async def test_a_body_that_is_not_encrypted_changes_nothing(
    platform_http: httpx.AsyncClient, database: str, body: bytes
) -> None:
    answer = await platform_http.post(PATH, params=signed(follow_xml()).url.params, content=body)
    assert answer.status_code == 400
    assert await stored() == []


async def test_the_console_gets_its_echo_plain_and_encrypted(platform_http: httpx.AsyncClient) -> None:
    query = {"timestamp": str(int(clock.now().timestamp())), "nonce": "486452656", "echostr": "5837397520665436492"}
    plain = crypto.signature(TOKEN, query["timestamp"], query["nonce"])
    answer = await platform_http.get(PATH, params=query | {"signature": plain})
    assert (answer.status_code, answer.text) == (200, query["echostr"])
    query["echostr"] = crypto.encrypt("1234567890", KEY, "wx-mini")
    over = crypto.signature(TOKEN, query["timestamp"], query["nonce"], query["echostr"])
    answer = await platform_http.get(PATH, params=query | {"msg_signature": over})
    assert (answer.status_code, answer.text) == (200, "1234567890")


async def test_nobody_else_gets_an_echo(platform_http: httpx.AsyncClient) -> None:
    now = int(clock.now().timestamp())
    for timestamp, token in ((now, "somebody"), (now - 301, TOKEN)):
        query = {"timestamp": str(timestamp), "nonce": "1", "echostr": "<script>alert(1)</script>"}
        query["signature"] = crypto.signature(token, query["timestamp"], query["nonce"])
        answer = await platform_http.get(PATH, params=query)
        assert answer.status_code == 401
        assert "script" not in answer.text
    query = {"timestamp": str(now), "nonce": "1", "echostr": "1"}
    assert (await platform_http.get(PATH, params=query)).status_code == 401
