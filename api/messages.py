"""The customer's inbox."""

from datetime import datetime
from typing import Literal

import msgspec
from sanic import Request

from api.routes import Subject, customer_routes, number_of
from domain import messages
from kit.errors import NotFound
from kit.http import Cursor, page_bounds
from kit.http.types import next_cursor


class Message(msgspec.Struct):
    """A message; `link` is the page of ours it leads to."""

    message_id: str
    title: str
    body: str
    link: str | None
    category: Literal["service", "marketing"]
    created_at: datetime
    read_at: datetime | None


class MessagePage(msgspec.Struct):
    """A page of messages, newest first; `unread` counts all that wait to be read."""

    items: list[Message]
    next_cursor: str | None
    unread: int


class MessageQuery(Cursor, forbid_unknown_fields=True):
    """Filter and paging."""

    unread: bool = False


@customer_routes.route("GET", "/messages", tag="message")
async def list_messages(request: Request, query: MessageQuery, subject: Subject) -> MessagePage:
    """This customer's messages."""
    before, limit = page_bounds(query)
    found = await messages.inbox(subject.customer_id, only_unread=query.unread, before=before, limit=limit + 1)
    items = [
        Message(str(one.id), one.title, one.body, one.link, one.category, one.created_at, one.read_at)  # type: ignore[arg-type]
        for one in found[:limit]
    ]
    following = next_cursor(found, limit)
    return MessagePage(items, following, await messages.unread(subject.customer_id))


@customer_routes.route("POST", "/messages/{message_id}/read", tag="message", status=204, errors=(404,))
async def read_message(request: Request, message_id: str, subject: Subject) -> None:
    """Mark a message read. Repeating it changes nothing."""
    await messages.read(subject.customer_id, number_of(message_id, NotFound("message.not_found", "没有这条消息")))


@customer_routes.route("POST", "/messages/read", tag="message", status=204)
async def read_all_messages(request: Request, subject: Subject) -> None:
    """Mark every message read."""
    await messages.read_all(subject.customer_id)
