"""A customer wants to be told when coupons of a template begin to be handed out."""

from datetime import datetime

import msgspec

from domain.coupons.catalogue import catalogue, in_centre, is_for
from kit import clock, database
from kit.errors import Conflict, NotFound


class OpeningReminder(msgspec.Struct, frozen=True):
    """They will be told at `opens_at`, should that not be moved; `created` is false when they had asked already."""

    opens_at: datetime
    created: bool


async def ask_opening(customer_id: int, code: str) -> OpeningReminder:
    """Note that a customer is to be told, once. Idempotent until they are.

    Raises `NotFound` (`coupon.not_offered`: no such template in the coupon centre), `Conflict` (`coupon.already_open`,
    `coupon.no_reminder`: its template names no message for it).
    """
    await catalogue.refresh()
    template = in_centre(code, customer_id)
    if template is None or not is_for(template, customer_id):
        raise NotFound("coupon.not_offered", "没有这种券")
    opens_at, now = template.definition.issue.from_, clock.now()
    if opens_at is None or opens_at <= now:
        raise Conflict("coupon.already_open", "已经开始发放，请直接领取")
    if template.definition.remind.opening is None:
        raise Conflict("coupon.no_reminder", "这种券没有开抢提醒")
    made = await database.fetchval(
        """INSERT INTO offer_reminder (template, customer_id, asked_at) VALUES ($1, $2, $3)
           ON CONFLICT (template, customer_id) WHERE told_at IS NULL DO NOTHING RETURNING id""",
        code,
        customer_id,
        now,
    )
    return OpeningReminder(opens_at, made is not None)
