"""A customer as those who answer their questions see them: masked, of their branch only."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from sanic import Request

from admin_api.compensations import CompensationView
from admin_api.compensations import views as compensation_views
from admin_api.guard import Scope, access
from admin_api.shapes import Instant, number_or
from domain import benefits, compensations, coupons, customers, experience, messages, rewards, tasks
from domain.customers import Profile
from domain.events import listed
from domain.operators import OperatorIdentity
from domain.tasks.conditions.verdict import Outcome
from kit import clock
from kit.errors import NotFound
from kit.http import Cursor, Page, Routes, page_bounds
from kit.http.types import next_cursor
from kit.masking import mask_name

_SHOWN = 50


class ClaimLine(msgspec.Struct):
    """A claim; `version` is the version of the task it runs on."""

    claim_id: str
    task: str
    version: int
    state: Literal["claimed", "completed", "rewarded", "expired"]
    cycle: str
    percent: int
    claimed_at: Instant
    expires_at: Instant | None


class Thing(msgspec.Struct):
    """A coupon or a benefit of the customer."""

    id: str
    code: str
    name: str
    state: str
    until: Instant


class Told(msgspec.Struct):
    """A message they got."""

    title: str
    created_at: Instant
    read: bool


class Owed(msgspec.Struct):
    """A debt, in fen."""

    debt_id: str
    amount_fen: int
    settled_fen: int
    state: str


class CustomerView(msgspec.Struct):
    """The latest of everything; the name is masked."""

    customer_no: str
    name: str
    stage: str
    card_product: str | None
    branch: str | None
    billing_day: int | None
    level: str
    experience: int
    claims: list[ClaimLine]
    coupons: list[Thing]
    benefits: list[Thing]
    messages: list[Told]
    debts: list[Owed]
    compensations: list[CompensationView]


class Reason(msgspec.Struct):
    """An event and what became of it; `amount_fen` is net of refunds."""

    event_id: str
    occurred_at: Instant
    merchant: str | None
    amount_fen: int | None
    code: Outcome
    text: str


class ConditionView(msgspec.Struct):
    """One condition: how far it has come, what is missing and by when, and the latest ten events of each sort."""

    label: str
    current: int
    target: int
    unit: str
    done: bool
    missing: int
    until: Instant | None
    text: str
    counted: list[Reason]
    not_counted: list[Reason]
    deducted: list[Reason]


class ExplanationView(msgspec.Struct):
    """What the customer is told of a claim, with the ids of the events; `version` is that of the task."""

    claim_id: str
    task: str
    version: int
    done: bool
    expires_at: Instant | None
    text: str
    changed: str | None
    conditions: list[ConditionView]


class EventLine(msgspec.Struct):
    """An event as it was told; of the card the last four digits."""

    source: str
    event_id: str
    type: str
    occurred_at: Instant
    received_at: Instant
    amount_fen: int
    mcc: str | None
    merchant: str | None
    channel: str | None
    card_last4: str | None
    original_event_id: str | None
    attributes: dict[str, Any] | None


class EventFilter(Cursor, forbid_unknown_fields=True):
    """Without `type` events of every type."""

    type: Annotated[str, Meta(max_length=40)] | None = None


async def get_customer(request: Request, customer_no: str, subject: OperatorIdentity) -> CustomerView:
    """A customer of the operator's branch with the latest of everything."""
    who = await customers.seen_by(subject, customer_no)
    standing = await experience.standing(who.id)
    return CustomerView(
        customer_no=customer_no,
        name=mask_name(who.name),
        stage=who.stage,
        card_product=who.card_product,
        branch=who.branch,
        billing_day=who.billing_day,
        level=standing.current.name,
        experience=standing.balance,
        claims=[_claim(*one) for one in await tasks.claims_of(who.id, None, _SHOWN)],
        coupons=await _coupons(who),
        benefits=[
            Thing(str(one.id), one.benefit, one.name, str(one.state), clock.local_text(one.valid_until))
            for one in await benefits.grants_of(who.id, None, None, _SHOWN)
        ],
        messages=[
            Told(one.title, clock.local_text(one.created_at), one.read_at is not None)
            for one in await messages.inbox(who.id, only_unread=False, before=None, limit=_SHOWN)
        ],
        debts=[
            Owed(str(one.id), one.amount, one.settled, one.state)
            for one in await rewards.debts(subject, state=None, before=None, limit=_SHOWN, customer_id=who.id)
        ],
        compensations=await compensation_views(await compensations.list_(subject, limit=_SHOWN, customer_id=who.id)),
    )


async def _coupons(who: Profile) -> list[Thing]:
    return [
        Thing(
            str(one.id),
            one.template.code,
            one.template.definition.name,
            str(one.state),
            clock.local_text(one.valid_until),
        )
        for one in await coupons.wallet(who.id, None, None, _SHOWN)
    ]


async def list_customer_claims(
    request: Request, customer_no: str, query: Cursor, subject: OperatorIdentity
) -> Page[ClaimLine]:
    """Every claim of a customer, newest first."""
    who = await customers.seen_by(subject, customer_no)
    before, limit = page_bounds(query)
    found = await tasks.claims_of(who.id, before, limit + 1)
    following = next_cursor(found, limit, lambda one: one[0].claim_id)
    return Page([_claim(*one) for one in found[:limit]], following)


async def explain_customer_claim(
    request: Request, customer_no: str, claim_id: str, subject: OperatorIdentity
) -> ExplanationView:
    """Why a claim has not moved: what the customer is told of it, with the ids of the events."""
    who = await customers.seen_by(subject, customer_no)
    number = number_or(claim_id, NotFound("claim.not_found", "没有这条领取记录"))
    found = await tasks.explain(who.id, number)
    conditions = [
        ConditionView(
            label=one.progress.label,
            current=one.progress.current,
            target=one.progress.target,
            unit=one.progress.unit,
            done=one.progress.done,
            missing=one.missing,
            until=clock.local_text(one.until) if one.until else None,
            text=one.text,
            counted=list(map(_reason, one.counted)),
            not_counted=list(map(_reason, one.not_counted)),
            deducted=list(map(_reason, one.deducted)),
        )
        for one in found.conditions
    ]
    until = clock.local_text(found.expires_at) if found.expires_at else None
    return ExplanationView(
        str(found.claim_id), found.task, found.version, found.done, until, found.text, found.changed, conditions
    )


async def list_customer_events(
    request: Request, customer_no: str, query: EventFilter, subject: OperatorIdentity
) -> Page[EventLine]:
    """What was told about a customer, newest first."""
    who = await customers.seen_by(subject, customer_no)
    before, limit = page_bounds(query)
    found = await listed(who.id, query.type, before, limit + 1)
    following = next_cursor(found, limit)
    return Page(
        [
            EventLine(
                source=one.source,
                event_id=one.event_id,
                type=one.type,
                occurred_at=clock.local_text(one.occurred_at),
                received_at=clock.local_text(one.received_at),
                amount_fen=one.amount_fen,
                mcc=one.mcc,
                merchant=one.merchant_name or one.merchant_id,
                channel=one.channel,
                card_last4=one.card_last4,
                original_event_id=one.original_event_id,
                attributes=one.attributes,
            )
            for one in found[:limit]
        ],
        following,
    )


def _claim(view: tasks.ClaimView, version: int) -> ClaimLine:
    until = clock.local_text(view.expires_at) if view.expires_at else None
    return ClaimLine(
        str(view.claim_id),
        view.task,
        version,
        view.state,  # type: ignore[arg-type]
        view.cycle,
        view.percent,
        clock.local_text(view.claimed_at),
        until,
    )


def _reason(reason: tasks.Reason) -> Reason:
    return Reason(
        reason.event_id,
        clock.local_text(reason.occurred_at),
        reason.merchant,
        reason.amount_fen,
        reason.code,
        reason.text,
    )


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    one, seen = "/customers/{customer_no}", access(Scope.ONE)
    room.route("GET", one, tag="customers", errors=(404,), access=seen)(get_customer)
    room.route("GET", f"{one}/claims", tag="customers", errors=(404,), access=seen)(list_customer_claims)
    room.route("GET", f"{one}/claims/{{claim_id}}/explanation", tag="customers", errors=(404,), access=seen)(
        explain_customer_claim
    )
    room.route("GET", f"{one}/events", tag="customers", errors=(404,), access=seen)(list_customer_events)
