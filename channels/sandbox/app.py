"""The sandbox's server: the twins, the control plane, and between them the faults and the journal."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sanic import HTTPResponse, Request, Sanic
from sanic.response import html, redirect

from channels import outbound
from channels.bank_app import sandbox as bank_app
from channels.bank_app.sandbox import BankAppTwin
from channels.card_core import sandbox as card_core
from channels.card_core.sandbox_books import Books
from channels.push import sandbox as push
from channels.sandbox import control, gateways, page
from channels.sandbox.customers import DEMO_CUSTOMERS
from channels.sandbox.delivery import Delivery
from channels.sandbox.faults import AFTER_WORK, SLOW, Faults, hang_up, misbehave, service_name
from channels.sandbox.journal import Journal
from channels.sandbox.keys import ensure_keys
from channels.sms import sandbox as sms
from channels.suppliers import sandbox as suppliers
from channels.suppliers import sandbox_control as suppliers_control
from channels.wechat import sandbox_control as wechat_control
from channels.wechat import sandbox_messages as wechat_messages
from channels.wechat.sandbox_apps import ACCOUNT, MINI, TwinApp, WeChatTwin
from channels.wechat.sandbox_push import Pusher
from kit import ids
from kit.errors import BadInput, Fault
from kit.http import install_problems

_TWINS = ("card-core", "wechat", "sms", "bank-app", "suppliers", "push")
_CONTROLS = (control.routes, gateways.routes, wechat_control.routes, suppliers_control.routes)
_DELIVERY_SECONDS = 60.0


@dataclass(frozen=True)
class SandboxConfig:
    """`hold_seconds` is how long a call that times out is kept; without an app's id and secret any do. WeChat's
    callbacks are signed with `wechat_callback_token` and encrypted with `wechat_callback_key`.
    Suppliers' files of a day are laid into `suppliers_inbox_dir` if there is one.
    """

    platform_url: str
    keys_dir: Path
    data_dir: Path
    audience: str = "cardquest"
    wechat_app_id: str | None = None
    wechat_secret: str | None = None
    wechat_account_app_id: str | None = None
    wechat_account_secret: str | None = None
    wechat_callback_token: str | None = None
    wechat_callback_key: str | None = None
    hold_seconds: float = 30.0
    suppliers_inbox_dir: Path | None = None


def create_sandbox(config: SandboxConfig, name: str = "cardquest_sandbox") -> Sanic:
    """The sandbox as a Sanic app. Partners' base URLs are `/bank-app`, `/card-core`, `/wechat`, `/sms`, `/push` and
    `/suppliers/{supplier}` under its own.

    Makes the keys of `keys_dir` if need be and keeps the core's books in `data_dir`. Business time is that of the
    process: attach `kit.clock` first where it is to be movable.
    """
    app = Sanic(name, configure_logging=False)
    app.config.update({"ACCESS_LOG": False, "AUTO_EXTEND": False, "TOUCHUP": False, "FALLBACK_ERROR_FORMAT": "json"})
    keys = ensure_keys(config.keys_dir)
    books = Books(config.data_dir / "card_core.sqlite3")
    app.ctx.config = config
    app.ctx.bank_app = BankAppTwin(keys.bank_app, config.audience, config.platform_url)
    app.ctx.card_core = card_core.CardCoreTwin(DEMO_CUSTOMERS, books)
    app.ctx.wechat = WeChatTwin(
        TwinApp(MINI, config.wechat_app_id, config.wechat_secret),
        TwinApp(ACCOUNT, config.wechat_account_app_id, config.wechat_account_secret),
        urlsplit(config.platform_url).hostname,
    )
    app.ctx.sms, app.ctx.push = sms.SmsTwin(), push.PushTwin()
    app.ctx.gateway_keys = {"sms": keys.sms, "push": keys.push}
    app.ctx.suppliers = suppliers.SuppliersTwin(config.data_dir / "suppliers.sqlite3", keys.platform.public_key())
    app.ctx.supplier_key = keys.supplier
    app.ctx.faults, app.ctx.journal = Faults(), Journal()
    for routes in (bank_app.routes, card_core.routes, sms.routes, push.routes, suppliers.routes, *_CONTROLS):
        routes.register(app)
    app.blueprint(wechat_messages.blueprint)
    app.add_route(_open_app, "/bank-app/open", name="bank_app_open")
    app.add_route(_show_page, "/", name="page")
    app.add_route(_show_page, "/control/", name="control_page")
    app.on_request(_arrive)
    app.on_response(_leave)
    install_problems(app)

    @app.before_server_start
    async def connect(app: Sanic) -> None:
        app.ctx.platform = outbound.connect(config.platform_url, _DELIVERY_SECONDS)
        app.ctx.delivery = Delivery(app.ctx.platform, keys.card_core)
        app.ctx.wechat_push = Pusher(
            app.ctx.platform, app.ctx.wechat, config.wechat_callback_token, config.wechat_callback_key
        )

    @app.after_server_stop
    async def disconnect(app: Sanic) -> None:
        await app.ctx.platform.aclose()
        books.close()
        app.ctx.suppliers.close()

    return app


async def _arrive(request: Request) -> HTTPResponse | None:
    """Note the call, and play a fault that comes before the work."""
    request.ctx.trace_id = ids.trace_id()
    first = request.path.split("/", 2)[1]
    request.ctx.call, request.ctx.silent = None, False
    if first not in _TWINS:
        return None
    service = service_name(first)
    fault = request.app.ctx.faults.take(service, request.path)
    request.ctx.call = request.app.ctx.journal.arrived(service, request, fault)
    if fault is None or fault.endswith(AFTER_WORK):
        return None
    if fault == SLOW:
        await asyncio.sleep(request.app.ctx.config.hold_seconds / 10)
        return None
    return await misbehave(request, fault, request.app.ctx.config.hold_seconds)


async def _leave(request: Request, response: HTTPResponse) -> HTTPResponse | None:
    """Play a fault that comes after the work, and complete the note."""
    call = getattr(request.ctx, "call", None)
    if call is None:
        return None
    if request.ctx.silent:
        call.fault = call.fault or "silent"
        return hang_up(request)
    if call.fault is not None and call.fault.endswith(AFTER_WORK):
        response = await misbehave(request, call.fault.removesuffix(AFTER_WORK), request.app.ctx.config.hold_seconds)
    if request.transport is not None and not request.transport.is_closing():
        call.status = response.status
    return response


async def _open_app(request: Request) -> HTTPResponse:
    """What the bank's app does when a customer opens our pages: a fresh ticket, and off to the platform."""
    customer_no = request.args.get("customer_no", "")
    if not 1 <= len(customer_no) <= 32:
        raise BadInput("request.invalid", "Who opens?", [Fault("customer_no", "missing", "1 to 32 characters")])
    twin: BankAppTwin = request.app.ctx.bank_app
    return redirect(twin.link(twin.ticket(customer_no)), headers={"Cache-Control": "no-store"})


async def _show_page(request: Request) -> HTTPResponse:
    operations = [operation for routes in _CONTROLS for operation in routes.operations]
    return html(page.render(DEMO_CUSTOMERS, operations, request.app.ctx.config.platform_url))
