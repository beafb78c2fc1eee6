"""Why a customer was, or was not, contacted; and how the messages of templates fared."""

from datetime import timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from sanic import Request

from admin_api.guard import Scope, access
from admin_api.shapes import Instant
from domain import customers, messages
from domain.operators import OperatorIdentity
from kit import clock
from kit.http import Cursor, Page, Routes, page_bounds
from kit.http.types import next_cursor

Channel = Literal["wechat", "wechat_notice", "sms", "push"]
State = Literal["waiting", "sending", "sent", "delivered", "failed", "skipped"]


class StepView(msgspec.Struct):
    """A step, or a decision that left things as they were."""

    at: Instant
    state: State
    reason: str | None
    text: str


class ChannelView(msgspec.Struct):
    """One channel of a message: how it stands, and everything decided; the address is masked."""

    channel: Channel
    state: State
    reason: str | None
    text: str
    attempts: int
    due_at: Instant | None
    address: str | None
    steps: list[StepView]


class ContactView(msgspec.Struct):
    """A message; without channels it was for the inbox only."""

    message_id: str
    template: str
    title: str
    category: Literal["service", "marketing"]
    created_at: Instant
    read_at: Instant | None
    channels: list[ChannelView]


class FiguresWanted(msgspec.Struct, forbid_unknown_fields=True):
    """Of messages written in the last `days`; without `template` of all."""

    template: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    days: Annotated[int, Meta(ge=1, le=366)] = 30


class FiguresView(msgspec.Struct):
    """How many deliveries of a template by a channel are in a state for a reason."""

    template: str
    channel: Channel
    state: State
    reason: str | None
    text: str
    count: int


class AllFigures(msgspec.Struct):
    """In order of template, channel, state and reason."""

    items: list[FiguresView]


async def list_customer_contacts(
    request: Request, customer_no: str, query: Cursor, subject: OperatorIdentity
) -> Page[ContactView]:
    """What a customer was told, newest first, and by each channel what was decided, when and why."""
    who = await customers.seen_by(subject, customer_no)
    before, limit = page_bounds(query)
    found = await messages.contacts(who.id, before=before, limit=limit + 1)
    following = next_cursor(found, limit, lambda one: one.message_id)
    return Page([_contact(one) for one in found[:limit]], following)


async def count_deliveries(request: Request, query: FiguresWanted, subject: OperatorIdentity) -> AllFigures:
    """How many messages were sent, delivered, failed or skipped, and why; of a branch's customers for a branch."""
    since = clock.now() - timedelta(days=query.days)
    found = await messages.figures(subject, since, query.template)
    return AllFigures([msgspec.convert(one, FiguresView, from_attributes=True) for one in found])


def _contact(one: messages.Contacts) -> ContactView:
    return ContactView(
        str(one.message_id),
        one.template,
        one.title,
        one.category,  # type: ignore[arg-type]
        clock.local_text(one.created_at),
        clock.local_text(one.read_at) if one.read_at else None,
        [_channel(channel) for channel in one.channels],
    )


def _channel(one: messages.Contact) -> ChannelView:
    return ChannelView(
        one.channel,  # type: ignore[arg-type]
        one.state,  # type: ignore[arg-type]
        one.reason,
        one.text,
        one.attempts,
        clock.local_text(one.due_at) if one.due_at else None,
        one.address,
        [
            StepView(clock.local_text(step.at), step.state, step.reason, step.text)  # type: ignore[arg-type]
            for step in one.steps
        ],
    )


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    room.route("GET", "/customers/{customer_no}/contacts", tag="customers", errors=(404,), access=access(Scope.ONE))(
        list_customer_contacts
    )
    room.route("GET", "/message-deliveries", tag="message-templates", access=access(Scope.ROWS))(count_deliveries)
