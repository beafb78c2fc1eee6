"""The web process: all rooms that speak HTTP, in one Sanic app."""

import time
from contextlib import AsyncExitStack
from email.utils import format_datetime

from sanic import HTTPResponse, Request, Sanic

import admin_api
from api.routes import customer_routes
from channels.card_core import inbound, notices
from channels.push import inbound as push_inbound
from channels.sms import inbound as sms_inbound
from channels.suppliers import inbound as supplier_inbound
from channels.wechat import callback as wechat_callback
from channels.wechat.callback import CallbackKeys
from channels.wechat.told import ACCOUNT, MINI
from domain import coupons as coupon_domain
from domain import customers, exchanges, operators
from domain import tasks as task_domain
from h5 import pages
from kit import clock, ids, logging
from kit.feed import Feed
from kit.group_commit import GroupCommit
from kit.http import Operation, install_problems
from kit.http.problems import trace_of
from kit.rsa import public_key
from kit.tokens import SessionTokens
from server import documents, health, metrics
from server.kinds import KINDS
from server.process import running
from server.settings import Settings

__all__ = ["create_app"]
log = logging.get("web")
RESOURCES = (notices,)
"""Imported so that their routes are on those of the card core."""

PARTNER_ROOMS = (
    inbound.routes,
    supplier_inbound.routes,
    wechat_callback.routes,
    sms_inbound.routes,
    push_inbound.routes,
)


def create_app(settings: Settings, name: str = "cardquest") -> Sanic:
    """The app, ready to be served by one process; another process is another app on the same port."""
    app = Sanic(name, configure_logging=False)
    app.config.update(
        AUTO_EXTEND=False,
        TOUCHUP=False,
        REQUEST_MAX_SIZE=16 * 1024 * 1024,
        RESPONSE_TIMEOUT=60,
        KEEP_ALIVE_TIMEOUT=75,
        FALLBACK_ERROR_FORMAT="json",
        ACCESS_LOG=False,
        MOTD=False,
    )
    app.ctx.settings = settings
    install_problems(app)
    _trace(app)
    admin = admin_api.routes(KINDS)
    for routes in (customer_routes, *PARTNER_ROOMS, admin):
        routes.register(app)
    documents.serve(app, customer_operations(), admin.operations)
    health.serve(app)
    metrics.serve(app)
    pages.serve(app)
    _life(app, settings)
    return app


def customer_operations() -> list[Operation]:
    """What customers and partners may call."""
    return [operation for routes in (customer_routes, *PARTNER_ROOMS) for operation in routes.operations]


def admin_operations() -> list[Operation]:
    """What operators may call."""
    return admin_api.routes(KINDS).operations


def _life(app: Sanic, settings: Settings) -> None:
    """Open what requests need before serving; close it only after the last connection has gone."""
    held = AsyncExitStack()

    @app.before_server_start
    async def start(app: Sanic) -> None:
        process = await held.enter_async_context(running(settings))
        keys, notices = settings.session_keys, process.notices
        app.ctx.customer_tokens = SessionTokens(keys, "cardquest", customers.load_session, notices)
        app.ctx.operator_tokens = SessionTokens(keys, "cardquest-admin", operators.load_session, largest=0)
        app.ctx.operator_session_hours = settings.operator_session_hours
        app.ctx.operator_idle_minutes = settings.operator_idle_minutes
        app.ctx.second_factor_required = settings.second_factor_required
        app.ctx.refusals = admin_api.Refusals()
        held.push_async_callback(app.ctx.refusals.written)
        app.ctx.partner_keys = {"card-core": public_key(settings.card_core_public_key_file.read_bytes())}
        app.ctx.gateway_keys = {
            "sms": public_key(settings.sms_public_key_file.read_bytes()),
            "push": public_key(settings.push_public_key_file.read_bytes()),
        }
        app.ctx.wechat_keys = CallbackKeys(
            settings.wechat_callback_tokens,
            settings.wechat_callback_keys,
            {settings.wechat_app_id: MINI, settings.wechat_account_app_id: ACCOUNT},
        )
        app.ctx.claims = GroupCommit(task_domain.claim_batch, key=lambda claimant: claimant.task)
        app.ctx.coupon_claims = GroupCommit(coupon_domain.claim_offer, key=lambda claim: claim.template)
        app.ctx.exchanges = GroupCommit(exchanges.exchange_batch, key=lambda order: order.benefit)
        app.ctx.sightings = task_domain.Sightings()
        app.ctx.sightings.start()
        held.push_async_callback(app.ctx.sightings.stop)
        app.ctx.feed = Feed()
        app.ctx.feed.start()
        held.push_async_callback(app.ctx.feed.stop)
        await notices.start()

    @app.after_server_stop
    async def stop(_app: Sanic) -> None:
        await held.aclose()


def _trace(app: Sanic) -> None:
    """Give each request a trace id (the caller's, by W3C trace context, if there is one) and count it."""

    @app.on_request
    async def arrived(request: Request) -> None:
        logging.begin_request()
        given = request.headers.get("traceparent", "").split("-")
        request.ctx.trace_id = given[1] if len(given) == 4 and len(given[1]) == 32 else ids.trace_id()
        request.ctx.began = time.perf_counter()
        logging.bind(trace_id=request.ctx.trace_id)

    @app.on_response
    async def answered(request: Request, response: HTTPResponse) -> None:
        response.headers["X-Trace-Id"] = trace_of(request)
        # The pages count down by it: a phone's own clock may be wrong.
        response.headers["Date"] = format_datetime(clock.now(), usegmt=True)
        metrics.count(request, response)
