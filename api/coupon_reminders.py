"""Reminders a customer asks for in the coupon centre."""

from datetime import datetime

import msgspec
from sanic import Request

from api.routes import Subject, customer_routes
from domain import coupons
from kit.errors import Forbidden
from kit.http import Answer


class Reminder(msgspec.Struct):
    """The customer will be told when coupons of `template` can be had: at `opens_at`, unless that is moved."""

    template: str
    opens_at: datetime


@customer_routes.route(
    "POST", "/coupon-offers/{template}/reminder", tag="coupon", status=201, also=(200,), errors=(403, 404, 409)
)
async def remind_of_coupon_offer(request: Request, template: str, subject: Subject) -> Answer[Reminder]:
    """Be told, once, when a coupon of the coupon centre can be had. 200 when it was asked for already."""
    if not subject.bound:
        raise Forbidden("customer.not_bound", "请先绑定信用卡")
    asked = await coupons.ask_opening(subject.customer_id, template)
    return Answer(Reminder(template, asked.opens_at), status=201 if asked.created else 200)
