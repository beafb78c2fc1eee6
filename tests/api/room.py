"""The customers' room on a socket of its own, and clients that are signed in."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from types import SimpleNamespace

import httpx
from sanic import Sanic

from api.routes import customer_routes
from domain import coupons as coupon_domain
from domain import customers, exchanges, tasks
from domain.customers.sessions import open_session
from kit import database
from kit.feed import Feed
from kit.group_commit import GroupCommit
from kit.http import install_problems
from kit.tokens import SessionTokens
from tests.serving import serve

SignIn = Callable[[int | None], Awaitable[httpx.AsyncClient]]
OURSELVES = "https://cards.test"


@asynccontextmanager
async def customers_room(waiting: int = 100) -> AsyncIterator[SignIn]:
    """Serves the customers' routes; yields what signs a customer in and gives their client (nobody's for None). At most
    so many claims of coupons may be `waiting`.
    """
    app = Sanic("customers_room")
    app.ctx.settings = SimpleNamespace(session_hours=1, cookie_secure=False, public_url=OURSELVES, trusted_proxies=())
    tokens = app.ctx.customer_tokens = SessionTokens({"k1": "k" * 32}, "cardquest", customers.load_session)
    app.ctx.claims = GroupCommit(tasks.claim_batch)
    app.ctx.coupon_claims = GroupCommit(coupon_domain.claim_offer, waiting=waiting)
    app.ctx.exchanges = GroupCommit(exchanges.exchange_batch)
    app.ctx.feed = Feed()  # hears of nothing, as without Redis
    app.ctx.sightings = tasks.Sightings()
    customer_routes.register(app)
    install_problems(app)
    async with AsyncExitStack() as held, serve(app) as server:

        async def sign_in(customer_id: int | None) -> httpx.AsyncClient:
            if customer_id is None:
                return await held.enter_async_context(httpx.AsyncClient(base_url=f"{server.base_url}/api/v1"))
            async with database.transaction() as connection:
                session_id, expires_at = await open_session(connection, customer_id, "bank_app", 1, None)
            headers = {"Authorization": f"Bearer {tokens.issue(str(customer_id), session_id, expires_at)}"}
            client = httpx.AsyncClient(base_url=f"{server.base_url}/api/v1", headers=headers)
            return await held.enter_async_context(client)

        app.ctx.sightings.start()
        held.push_async_callback(app.ctx.sightings.stop)
        yield sign_in


async def visitor() -> int:
    """Somebody whose WeChat identity is not bound to a card."""
    sql = "INSERT INTO customer (name, stage, created_at) VALUES ('', 'base', now()) RETURNING id"
    customer_id: int = await database.fetchval(sql)
    return customer_id
