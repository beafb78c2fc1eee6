"""A Sanic app on a real loopback socket inside the running loop, with an httpx client for it."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from sanic import Sanic
from sanic.application.constants import ServerStage
from sanic.application.state import ApplicationServerInfo


@asynccontextmanager
async def serve(app: Sanic, **client: Any) -> AsyncIterator[httpx.AsyncClient]:
    """Start `app` with its listeners, yield a client whose base URL is its address, stop it."""
    app.config.TOUCHUP = False  # it rewrites classes of the whole process: a second app would not start
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    # Without it `app.loop` raises and `app.add_task` is deferred for ever.
    app.state.server_info.append(ApplicationServerInfo(settings={}, stage=ServerStage.SERVING))
    server = await app.create_server(sock=sock, return_asyncio_server=True)
    assert server is not None
    await server.startup()
    await server.before_start()
    await server.after_start()
    url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    try:
        async with httpx.AsyncClient(base_url=url, **client) as http:
            yield http
    finally:
        await server.before_stop()
        server.close()
        for connection in list(server.connections):
            connection.close()
        await server.wait_closed()
        app.purge_tasks()
        for task in list(app.tasks):
            task.cancel()
        await server.after_stop()
        app.state.server_info.clear()
        Sanic._app_registry.pop(app.name, None)
