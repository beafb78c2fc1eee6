"""Messages through WeChat: what is sent, what it refuses and why, and a quota that is left alone once used up."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from channels.wechat.client import WeChatClient
from channels.wechat.quotas import Quotas, resets_at
from domain.ports import NoAnswer, Refused, WeChatNotSent
from kit import clock
from tests.channels.boxed_bank import Sandbox
from tests.channels.conftest import client_of

SUBSCRIBE, TEMPLATE = "/cgi-bin/message/subscribe/send", "/cgi-bin/message/template/send"
FIELDS = {"thing1": "7天免息券", "date2": "2026年11月26日"}


async def sent(sandbox: Sandbox) -> list[dict[str, Any]]:
    """What reached people, the newest first."""
    items: list[dict[str, Any]] = (await sandbox.http.get("/control/wechat/messages")).json()["items"]
    return items


async def asked(sandbox: Sandbox, path: str) -> int:
    return sum(call["path"] == f"/wechat{path}" for call in await sandbox.calls("wechat"))


async def subscribe(sandbox: Sandbox, openid: str, template: str = "tpl-1", times: int = 1) -> None:
    await sandbox.wechat("subscriptions", openid=openid, template_ids=[template], times=times, tell=False)


async def follow(sandbox: Sandbox, openid: str) -> None:
    await sandbox.wechat("follows", openid=openid, delivery="held")


async def refusal(call: Any) -> str:
    with pytest.raises(WeChatNotSent) as refused:
        await call
    return refused.value.code


async def test_a_subscribe_message_is_sent_as_often_as_its_user_said_yes(
    wechat: WeChatClient, sandbox: Sandbox
) -> None:
    await subscribe(sandbox, "o-1", times=2)
    numbers = [await wechat.send_subscribe("o-1", "tpl-1", FIELDS, "pages/tasks") for _ in range(2)]
    assert len(set(numbers)) == 2
    assert await refusal(wechat.send_subscribe("o-1", "tpl-1", FIELDS, None)) == "wechat.refused_by_user"
    assert await refusal(wechat.send_subscribe("o-1", "tpl-2", FIELDS, None)) == "wechat.refused_by_user"
    newest, _ = await sent(sandbox)
    assert (newest["app"], newest["openid"], str(newest["msgid"])) == ("mini", "o-1", numbers[-1])
    assert newest["content"]["data"] == {name: {"value": value} for name, value in FIELDS.items()}
    assert newest["content"]["page"] == "pages/tasks"


async def test_a_notice_reaches_followers_once_per_key(wechat: WeChatClient, sandbox: Sandbox) -> None:
    assert await refusal(wechat.send_notice("o-1", "tpl-n", FIELDS, None)) == "wechat.not_follower"
    await follow(sandbox, "o-1")
    first = await wechat.send_notice("o-1", "tpl-n", FIELDS, "https://a/tasks", "claim-17")
    assert await wechat.send_notice("o-1", "tpl-n", FIELDS, "https://a/tasks", "claim-17") == first
    assert await wechat.send_notice("o-1", "tpl-n", FIELDS, None, "claim-18") != first
    assert [one["content"].get("url") for one in await sent(sandbox)] == [None, "https://a/tasks"]


async def test_a_notice_whose_answer_was_lost_is_not_sent_twice(wechat: WeChatClient, sandbox: Sandbox) -> None:
    await follow(sandbox, "o-1")
    await sandbox.fault("wechat", "http_502_after_work", path="template/send")
    with pytest.raises(NoAnswer):
        await wechat.send_notice("o-1", "tpl-n", FIELDS, None, "claim-17")
    number = await wechat.send_notice("o-1", "tpl-n", FIELDS, None, "claim-17")
    assert [str(one["msgid"]) for one in await sent(sandbox)] == [number]


async def test_a_customer_message_needs_a_word_within_48_hours(
    wechat: WeChatClient, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await refusal(wechat.send_customer_message("o-1", "您好")) == "wechat.window_closed"
    await sandbox.wechat("words", openid="o-1", delivery="held")
    await wechat.send_customer_message("o-1", "您好")
    assert [one["kind"] for one in await sent(sandbox)] == ["custom"]
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=48, seconds=1))
    assert await refusal(wechat.send_customer_message("o-1", "您好")) == "wechat.window_closed"


async def test_fields_that_do_not_fit_are_refused_before_anything_is_asked(
    wechat: WeChatClient, sandbox: Sandbox
) -> None:
    assert await refusal(wechat.send_subscribe("o-1", "tpl-1", {"amount1": "一百"}, None)) == "wechat.bad_fields"
    assert await refusal(wechat.send_notice("o-1", "tpl-1", {"phrase1": "太长了的短语"}, None)) == "wechat.bad_fields"
    assert await sandbox.calls("wechat") == []


async def test_a_name_too_long_is_sent_shortened(wechat: WeChatClient, sandbox: Sandbox) -> None:
    await subscribe(sandbox, "o-1")
    await wechat.send_subscribe("o-1", "tpl-1", {"thing1": "双十一加油满三百元返现金红包任务已完成快来领取"}, None)
    [one] = await sent(sandbox)
    assert one["content"]["data"]["thing1"]["value"] == "双十一加油满三百元返现金红包任务已完成…"


async def test_fields_the_template_does_not_have_are_refused_by_wechat(wechat: WeChatClient, sandbox: Sandbox) -> None:
    await sandbox.wechat("templates", template_id="tpl-1", fields=["thing1"])
    await subscribe(sandbox, "o-1")
    assert await refusal(wechat.send_subscribe("o-1", "tpl-1", FIELDS, None)) == "wechat.bad_fields"
    assert await refusal(wechat.send_subscribe("o-1", "", FIELDS, None)) == "wechat.bad_fields"


@pytest.mark.parametrize(
    ("errcode", "code"),
    [
        (43101, "refused_by_user"),
        (43004, "not_follower"),
        (40003, "not_follower"),
        (47003, "bad_fields"),
        (40037, "bad_fields"),
        (41030, "bad_fields"),
        (45015, "window_closed"),
        (45047, "window_closed"),
        (45009, "quota"),
    ],
)
async def test_wechats_no_to_a_message_is_ours(wechat: WeChatClient, sandbox: Sandbox, errcode: int, code: str) -> None:
    await sandbox.fault("wechat", f"errcode_{errcode}", path=SUBSCRIBE)
    assert await refusal(wechat.send_subscribe("o-1", "tpl-1", FIELDS, None)) == f"wechat.{code}"


@pytest.mark.parametrize("fault", ["errcode_-1", "errcode_48001", "errcode_45011", "html", "garbage", "http_500"])
async def test_what_is_not_about_the_message_is_no_answer(wechat: WeChatClient, sandbox: Sandbox, fault: str) -> None:
    for path in (SUBSCRIBE, TEMPLATE, "/cgi-bin/message/custom/send", "/wxa/generate_urllink"):
        await sandbox.fault("wechat", fault, path=path)
    for call in (
        wechat.send_subscribe("o-1", "tpl-1", FIELDS, None),
        wechat.send_notice("o-1", "tpl-1", FIELDS, None),
        wechat.send_customer_message("o-1", "您好"),
        wechat.url_link("pages/tasks", ""),
    ):
        with pytest.raises(NoAnswer):
            await call


async def test_a_link_opens_the_mini_program(wechat: WeChatClient, sandbox: Sandbox) -> None:
    link = await wechat.url_link("pages/tasks", "task=oil")
    assert "pages/tasks?task=oil" in (await sandbox.http.get(link)).text
    with pytest.raises(Refused, match=r"wechat\.bad_page"):
        await wechat.url_link("/pages/tasks", "")


async def test_an_endpoint_out_of_quota_is_left_alone_by_every_process_until_midnight_in_beijing(
    sandbox: Sandbox, wechat_http: httpx.AsyncClient, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    wechat, other = client_of(wechat_http, redis), client_of(wechat_http, redis)
    now = datetime(2026, 11, 26, 15, 59, tzinfo=UTC)  # 23:59 in Beijing
    monkeypatch.setattr(clock, "now", lambda: now)
    await subscribe(sandbox, "o-1", times=3)
    await sandbox.wechat("quotas", path=SUBSCRIBE, left=1)
    await wechat.send_subscribe("o-1", "tpl-1", FIELDS, None)
    for client in (wechat, wechat, other, client_of(wechat_http, redis)):
        assert await refusal(client.send_subscribe("o-1", "tpl-1", FIELDS, None)) == "wechat.quota"
    assert await asked(sandbox, SUBSCRIBE) == 2
    assert await refusal(wechat.send_notice("o-1", "tpl-n", FIELDS, None)) == "wechat.not_follower"  # is not concerned
    now += timedelta(minutes=1)
    await wechat.send_subscribe("o-1", "tpl-1", FIELDS, None)
    assert await asked(sandbox, SUBSCRIBE) == 3


async def test_without_redis_a_process_knows_of_a_used_up_quota_by_itself(
    sandbox: Sandbox, wechat_http: httpx.AsyncClient
) -> None:
    async with Redis.from_url("redis://127.0.0.1:9", socket_connect_timeout=0.2) as nowhere:
        wechat = client_of(wechat_http, nowhere)
        await sandbox.fault("wechat", "errcode_45009", path="urllink")
        for _ in range(3):
            with pytest.raises(Refused, match=r"wechat\.quota"):
                await wechat.url_link("pages/tasks", "")
    assert await asked(sandbox, "/wxa/generate_urllink") == 1


async def test_a_quota_of_signing_in_is_no_answer_and_left_alone_too(wechat: WeChatClient, sandbox: Sandbox) -> None:
    await sandbox.fault("wechat", "errcode_45009", path="jscode2session")
    for _ in range(3):
        with pytest.raises(NoAnswer):
            await wechat.mini_user(await sandbox.code(openid="o-1"))
    assert await asked(sandbox, "/sns/jscode2session") == 1


def test_a_day_of_quotas_ends_at_midnight_in_beijing() -> None:
    assert resets_at(datetime(2026, 11, 26, 15, 59, 59, tzinfo=UTC)) == datetime(2026, 11, 26, 16, tzinfo=UTC)
    assert resets_at(datetime(2026, 11, 26, 16, tzinfo=UTC)) == datetime(2026, 11, 27, 16, tzinfo=UTC)


async def test_redis_forgets_a_used_up_quota_by_itself(redis: Redis) -> None:
    await Quotas(redis, "wx-1").note("/a")
    assert 0 < await redis.ttl("wechat:wx-1:quota:/a") <= 86_401
    assert not await Quotas(redis, "wx-2").used_up("/a")
