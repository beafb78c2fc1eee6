"""Eight cold processes that want a JS-SDK signature at the same moment: `redis_url wechat_url secret`."""

import asyncio
import os
import sys

import redis.asyncio as aioredis

from channels.outbound import connect
from channels.wechat.api import App
from channels.wechat.client import WeChatClient

COUNT = 8


async def main(redis_url: str, url: str, secret: str) -> None:
    """Meet the others, then ask."""
    async with aioredis.from_url(redis_url) as redis, connect(url, timeout_seconds=10) as http:
        await redis.incr("wechat:meeting")
        while int(await redis.get("wechat:meeting") or 0) < COUNT:
            await asyncio.sleep(0.005)
        app = App("wx-account", secret, http, redis)
        signed = await WeChatClient(app, app, url).js_sdk("https://a/")
        assert len(signed.signature) == 40


if __name__ == "__main__":
    children = []
    for _ in range(COUNT):
        child = os.fork()
        if child == 0:
            asyncio.run(main(*sys.argv[1:]))
            os._exit(0)
        children.append(child)
    sys.exit(max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children))
