"""The whole WeChat client in a process that logs all it can to stderr: `redis_url sandbox_url mini_secret account_secret`."""

import asyncio
import logging as python_logging
import sys
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any

import httpx
import redis.asyncio as aioredis

from channels.outbound import connect
from channels.wechat.api import App
from channels.wechat.client import WeChatClient
from domain.ports import NoAnswer, Refused
from kit import logging

FAULTS = (
    None,
    "timeout",
    "http_500_after_work",
    "html",
    "garbage",
    "connection_reset",
    "errcode_40001",
    "errcode_45009",
)
OPENID, PHONE, STATE = "o-openid-of-somebody", "13800001234", "state-of-somebody"
FIELDS = {"thing1": "七天免息券"}


async def main(redis_url: str, sandbox_url: str, mini_secret: str, account_secret: str) -> None:
    """Every verb, well and with every fault."""
    async with (
        aioredis.from_url(redis_url) as redis,
        connect(f"{sandbox_url}/wechat", timeout_seconds=0.5) as http,
        httpx.AsyncClient(base_url=sandbox_url) as control,
    ):
        apps = App("wx-test", mini_secret, http, redis), App("wx-account", account_secret, http, redis)
        wechat = WeChatClient(*apps, sandbox_url)
        for fault in FAULTS:
            await control.delete("/control/faults")
            codes = [await code_of(control, app) for app in ("mini", "mini", "h5")]
            if fault is not None:
                await control.post("/control/faults", json={"service": "wechat", "fault": fault, "times": 100})
            for call in calls(wechat, codes):
                with suppress(NoAnswer, Refused):
                    await call


def calls(wechat: WeChatClient, codes: list[str]) -> list[Awaitable[Any]]:
    """Every verb that asks."""
    wechat.authorize_url("https://a/", STATE, "snsapi_base")
    return [
        wechat.mini_user(codes[0]),
        wechat.phone(codes[1], OPENID),
        wechat.web_user(codes[2]),
        wechat.js_sdk("https://a/?secret-of-the-page=1"),
        wechat.send_subscribe(OPENID, "tpl", FIELDS, None),
        wechat.send_notice(OPENID, "tpl", FIELDS, None, "key"),
        wechat.send_customer_message(OPENID, "您好"),
        wechat.url_link("pages/tasks", "a=b"),
    ]


async def code_of(control: httpx.AsyncClient, app: str) -> str:
    """A login code of somebody; told to stdout, so that nobody may find it elsewhere."""
    wanted = {"openid": OPENID, "app": app, "phone": PHONE, "scope": "snsapi_userinfo", "nickname": "名字"}
    code: str = (await control.post("/control/wechat/codes", json=wanted)).json()["code"]
    print(code)
    return code


if __name__ == "__main__":
    logging.configure(json_lines=True, level="DEBUG")
    for name in ("", "httpx", "httpcore", "asyncio", "wechatpy", "requests", "urllib3"):
        python_logging.getLogger(name).setLevel(python_logging.DEBUG)
    asyncio.run(main(*sys.argv[1:]))
