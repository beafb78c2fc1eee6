"""Binding a WeChat identity to a card."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta
from sanic import Request

from api.origin import DEVICE, gate_of, origin_of
from api.routes import Subject, customer_routes
from api.sessions import Session, session_answer
from domain import customers
from kit.errors import BadInput, Fault
from kit.http import Answer

Phone = Annotated[str, Meta(pattern=r"^1[0-9]{10}\Z", description="A mainland mobile number")]


class NewBindingCode(msgspec.Struct, forbid_unknown_fields=True):
    """Where to send the code."""

    phone: Phone


class BindingCodeSent(msgspec.Struct):
    """Until when the code holds."""

    expires_at: datetime


class NewBinding(msgspec.Struct, forbid_unknown_fields=True):
    """The card's last four digits, and proof of its holder's phone: WeChat's phone code or the code we sent.

    `come_back`: whose account was deleted begins anew.
    """

    card_last4: Annotated[str, Meta(pattern=r"^[0-9]{4}\Z")]
    phone_code: Annotated[str, Meta(min_length=1, max_length=256)] | None = None
    otp: Annotated[str, Meta(pattern=r"^[0-9]{6}\Z")] | None = None
    come_back: bool = False


@customer_routes.route(
    "POST", "/binding-codes", tag="binding", status=201, errors=(409, 422, 503), example={"phone": "13800000001"}
)
async def send_binding_code(request: Request, body: NewBindingCode, subject: Subject) -> BindingCodeSent:
    """Send a one-time code by SMS."""
    return BindingCodeSent(await customers.send_binding_code(subject, body.phone))


@customer_routes.route(
    "POST",
    "/bindings",
    tag="binding",
    status=201,
    errors=(403, 409, 422, 429, 503),
    headers=(DEVICE,),
    example={"card_last4": "5770", "otp": "123456"},
)
async def bind(request: Request, body: NewBinding, subject: Subject) -> Answer[Session]:
    """Bind this WeChat identity to a card; the session goes on as the card's holder under a new token."""
    if (body.phone_code is None) == (body.otp is None):
        fault = Fault("otp", "missing", "exactly one of phone_code and otp")
        raise BadInput("request.invalid", "Exactly one of phone_code and otp", [fault])
    hours = request.app.ctx.settings.session_hours
    signed_in = await customers.bind(
        subject,
        body.card_last4,
        phone_code=body.phone_code,
        otp=body.otp,
        hours=hours,
        come_back=body.come_back,
        gate=gate_of("bind", origin_of(request, subject)),
    )
    request.app.ctx.customer_tokens.forget(subject.session_id)
    return await session_answer(request, signed_in)
