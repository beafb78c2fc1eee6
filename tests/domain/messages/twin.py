"""Everybody messages go through, on sockets of their own, and the house's doors for what they report."""

import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import redis.asyncio as aioredis
from sanic import Sanic

from channels.card_core.client import CardCoreClient
from channels.outbound import connect
from channels.push import inbound as push_inbound
from channels.push.client import PushClient
from channels.sandbox import SandboxConfig, create_sandbox, ensure_keys
from channels.sms import inbound as sms_inbound
from channels.sms.client import SmsClient
from channels.wechat import callback
from channels.wechat.api import App
from channels.wechat.callback import CallbackKeys
from channels.wechat.client import WeChatClient
from channels.wechat.told import ACCOUNT, MINI
from domain import messages, ports
from kit.http import install_problems
from tests.serving import serve

ANSWERS_WITHIN = 15.0
TOKEN, KEY = "token0123456789", "k" * 43


class Twin:
    """What the twins are told, and what they saw."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def tell(self, path: str, /, **body: Any) -> Any:
        """`POST /control/…`; the answer, which is the platform's own where it is told something."""
        answer = await self.http.post(f"/control/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def fault(self, service: str, fault: str, times: int = 1) -> None:
        """The next `times` calls of a service fail."""
        await self.tell("faults", service=service, fault=fault, times=times)

    async def mend(self) -> None:
        """Everything works again."""
        (await self.http.delete("/control/faults")).raise_for_status()

    async def asked(self, service: str, path: str = "") -> list[dict[str, Any]]:
        """The calls to a service whose path ends so, the oldest first."""
        answer = await self.http.get("/control/journal", params={"service": service, "limit": 10_000})
        return [one for one in answer.json()["items"] if one["path"].endswith(path)]

    async def texts(self) -> list[str]:
        """The short messages that reached phones, the oldest first."""
        return [one["text"] for one in reversed((await self.http.get("/control/sms/messages")).json()["items"])]

    async def notifications(self) -> list[str]:
        """The bodies of notifications that were shown, the oldest first."""
        found = (await self.http.get("/control/push/notifications")).json()["items"]
        return [one["body"] for one in reversed(found)]

    async def wechat(self) -> list[dict[str, Any]]:
        """What reached people in WeChat, the oldest first."""
        found: list[dict[str, Any]] = (await self.http.get("/control/wechat/messages")).json()["items"]
        return found[::-1]

    async def accept(self, openid: str, template_id: str, times: int = 1) -> None:
        """Somebody accepts subscribe messages, and we are told."""
        for _ in range(times):
            answer = await self.tell("wechat/subscriptions", openid=openid, template_ids=[template_id])
            assert answer["status"] == 200, answer


@asynccontextmanager
async def everybody(folder: Path, keys_dir: Path, redis_url: str) -> AsyncIterator[Twin]:
    """Twins that work, bound as this process's partners, and reach our doors."""
    keys = ensure_keys(keys_dir)
    mini, account = f"wx{uuid.uuid4().hex[:12]}", f"gh{uuid.uuid4().hex[:12]}"
    door = Sanic("messages_door", configure_logging=False)
    for routes in (sms_inbound.routes, push_inbound.routes, callback.routes):
        routes.register(door)
    door.ctx.gateway_keys = {"sms": keys.sms.public_key(), "push": keys.push.public_key()}
    door.ctx.wechat_keys = CallbackKeys((TOKEN,), (KEY,), {mini: MINI, account: ACCOUNT})
    install_problems(door)
    async with AsyncExitStack() as held:
        platform = await held.enter_async_context(serve(door))
        config = SandboxConfig(
            str(platform.base_url),
            keys_dir,
            folder / "data",
            wechat_app_id=mini,
            wechat_secret="s",
            wechat_account_app_id=account,
            wechat_account_secret="s",
            wechat_callback_token=TOKEN,
            wechat_callback_key=KEY,
            hold_seconds=4.0,
        )
        control = await held.enter_async_context(serve(create_sandbox(config, name="twins_of_messages")))
        base = str(control.base_url).rstrip("/")
        core, wechat, sms, push = [
            await held.enter_async_context(connect(f"{base}/{name}", ANSWERS_WITHIN))
            for name in ("card-core", "wechat", "sms", "push")
        ]
        store = await held.enter_async_context(aioredis.from_url(redis_url))
        apps = [App(one, "s", wechat, store) for one in (mini, account)]
        others: Any = None
        ports.bind(
            ports.Ports(
                card_core=CardCoreClient(core),
                bank_app=others,
                wechat=WeChatClient(apps[0], apps[1], base),
                sms=SmsClient(sms),
                push=PushClient(push),
            )
        )
        held.callback(ports.bind, None)
        yield Twin(control)


async def send_all() -> None:
    """What the worker does, until nothing is due."""
    while await messages.send():
        pass
