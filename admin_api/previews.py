"""How a message template reads before anybody gets it."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from sanic import Request

from admin_api.guard import Scope, access
from domain import messages
from domain.operators import OperatorIdentity
from kit.http import Routes


class PreviewValues(msgspec.Struct, forbid_unknown_fields=True):
    """A value for each variable: texts, whole numbers, dates as `2026-11-30`."""

    variables: Annotated[dict[str, Any], Meta(max_length=20)] = {}


class ChannelPreview(msgspec.Struct):
    """What goes by a channel, as it is sent; `after_minutes` at the earliest, the channels before it failing."""

    channel: Literal["wechat", "wechat_notice", "sms", "push"]
    content: dict[str, Any]
    after_minutes: int


class MessagePreview(msgspec.Struct):
    """What the customer would read in the inbox and by each channel."""

    version: int
    title: str
    body: str
    link: str | None
    channels: list[ChannelPreview]


async def preview_message_template(
    request: Request, code: str, body: PreviewValues, subject: OperatorIdentity
) -> MessagePreview:
    """The latest version of a message template with these values."""
    shown = await messages.preview(code, body.variables, subject)
    return msgspec.convert(shown, MessagePreview, from_attributes=True)


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    room.route(
        "POST",
        "/message-templates/{code}/preview",
        tag="message-templates",
        errors=(404,),
        access=access(Scope.ONE, changes=False),
    )(preview_message_template)
