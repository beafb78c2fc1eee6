"""Whether the process lives, and whether what it needs answers."""

import asyncio

import asyncpg
from sanic import HTTPResponse, Request, Sanic
from sanic.response import json

from kit import clock, database, redis


def serve(app: Sanic) -> None:
    """`/healthz` and `/readyz`."""

    @app.get("/healthz", name="healthz")
    async def healthz(_request: Request) -> HTTPResponse:
        return json({"status": "ok"})

    @app.get("/readyz", name="readyz")
    async def readyz(_request: Request) -> HTTPResponse:
        answers = {"database": await _database(), "redis": await redis.ping()}
        # Redis only carries hints: without it pages are told later, nothing is lost.
        body = {"ready": answers["database"], **answers, "now": clock.local_text(clock.now())}
        return json(body, 200 if answers["database"] else 503)


async def _database() -> bool:
    try:
        async with asyncio.timeout(2):
            return bool(await database.fetchval("SELECT 1") == 1)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
