"""All of what a customer has and had, page by page; the newest of everything is in `customers`."""

import msgspec
from sanic import Request

from admin_api.guard import Scope, access
from admin_api.shapes import Instant
from domain import benefits, coupons, customers, experience, messages, rewards
from domain.operators import OperatorIdentity
from kit import clock
from kit.http import Cursor, Page, Routes, page_bounds
from kit.http.types import next_cursor
from kit.masking import mask_text


class CouponLine(msgspec.Struct):
    """A coupon of the customer."""

    coupon_id: str
    template: str
    name: str
    state: str
    valid_from: Instant
    valid_until: Instant


class BenefitLine(msgspec.Struct):
    """A benefit of the customer; its code is never shown here."""

    grant_id: str
    benefit: str
    name: str
    state: str
    valid_until: Instant


class ExperienceLine(msgspec.Struct):
    """Experience that came or went."""

    amount: int
    title: str
    created_at: Instant


class MessageLine(msgspec.Struct):
    """A message they got, as they read it."""

    title: str
    body: str
    created_at: Instant
    read: bool


class DebtLine(msgspec.Struct):
    """A debt, in fen."""

    debt_id: str
    task: str
    amount_fen: int
    settled_fen: int
    state: str
    created_at: Instant


async def list_customer_coupons(
    request: Request, customer_no: str, query: Cursor, subject: OperatorIdentity
) -> Page[CouponLine]:
    """Every coupon of a customer, newest first."""
    who = await customers.seen_by(subject, customer_no)
    before, limit = page_bounds(query)
    found = await coupons.wallet(who.id, None, before, limit + 1)
    following = next_cursor(found, limit)
    return Page(
        [
            CouponLine(
                str(one.id),
                one.template.code,
                one.template.definition.name,
                str(one.state),
                clock.local_text(one.valid_from),
                clock.local_text(one.valid_until),
            )
            for one in found[:limit]
        ],
        following,
    )


async def list_customer_benefits(
    request: Request, customer_no: str, query: Cursor, subject: OperatorIdentity
) -> Page[BenefitLine]:
    """Every benefit of a customer, newest first."""
    who = await customers.seen_by(subject, customer_no)
    before, limit = page_bounds(query)
    found = await benefits.grants_of(who.id, None, before, limit + 1)
    following = next_cursor(found, limit)
    return Page(
        [
            BenefitLine(str(one.id), one.benefit, one.name, str(one.state), clock.local_text(one.valid_until))
            for one in found[:limit]
        ],
        following,
    )


async def list_customer_experience(
    request: Request, customer_no: str, query: Cursor, subject: OperatorIdentity
) -> Page[ExperienceLine]:
    """Every movement of a customer's experience, newest first."""
    who = await customers.seen_by(subject, customer_no)
    before, limit = page_bounds(query)
    found = await experience.entries(who.id, before, limit + 1)
    following = next_cursor(found, limit)
    return Page(
        [ExperienceLine(one.amount, one.title, clock.local_text(one.created_at)) for one in found[:limit]], following
    )


async def list_customer_messages(
    request: Request, customer_no: str, query: Cursor, subject: OperatorIdentity
) -> Page[MessageLine]:
    """Every message a customer got, newest first; numbers in it are masked."""
    who = await customers.seen_by(subject, customer_no)
    before, limit = page_bounds(query)
    found = await messages.inbox(who.id, only_unread=False, before=before, limit=limit + 1)
    following = next_cursor(found, limit)
    return Page(
        [
            MessageLine(
                mask_text(one.title), mask_text(one.body), clock.local_text(one.created_at), one.read_at is not None
            )
            for one in found[:limit]
        ],
        following,
    )


async def list_customer_debts(
    request: Request, customer_no: str, query: Cursor, subject: OperatorIdentity
) -> Page[DebtLine]:
    """Every debt of a customer, newest first."""
    who = await customers.seen_by(subject, customer_no)
    before, limit = page_bounds(query)
    found = await rewards.debts(subject, state=None, before=before, limit=limit + 1, customer_id=who.id)
    following = next_cursor(found, limit)
    return Page(
        [
            DebtLine(str(one.id), one.task, one.amount, one.settled, one.state, clock.local_text(one.created_at))
            for one in found[:limit]
        ],
        following,
    )


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    seen = access(Scope.ONE)
    for handler in (
        list_customer_coupons,
        list_customer_benefits,
        list_customer_experience,
        list_customer_messages,
        list_customer_debts,
    ):
        thing = handler.__name__.rsplit("_", 1)[1]
        room.route("GET", f"/customers/{{customer_no}}/{thing}", tag="customers", errors=(404,), access=seen)(handler)
