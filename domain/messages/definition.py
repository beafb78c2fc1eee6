"""A message template as operators write it."""

from enum import StrEnum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Name = Annotated[str, Meta(min_length=1, max_length=64)]
VariableName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,31}\Z")]
FieldName = Annotated[str, Meta(pattern=r"^[a-z_]{1,32}[0-9]{0,3}\Z")]
FieldText = Annotated[str, Meta(min_length=1, max_length=200)]
Fields = Annotated[dict[FieldName, FieldText], Meta(min_length=1, max_length=10)]
TemplateId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}\Z")]
Minutes = Annotated[int, Meta(ge=1, le=7 * 24 * 60)]
Priority = Literal["urgent", "normal", "low"]
PRIORITIES: tuple[Priority, ...] = ("urgent", "normal", "low")
"""In the order in which they are sent."""


class VariableType(StrEnum):
    """How a value is written: as it is, `11月30日`, `300.00`, `12`."""

    TEXT = "text"
    DATE = "date"
    AMOUNT = "amount_fen"
    NUMBER = "number"


class Variable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `{{name}}` stands for; a longer text is cut at `max_length`."""

    name: VariableName
    type: VariableType = VariableType.TEXT
    max_length: Annotated[int, Meta(ge=1, le=200)] = 64


class _Channel(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="channel"):
    """`fallback_after_minutes` after it was written a message goes by the next channel if it has not arrived by this
    one; without it only when this one failed.
    """

    fallback_after_minutes: Minutes | None = None


class WeChatMessage(_Channel, frozen=True, tag="wechat", kw_only=True):
    """A subscribe message of the mini-program; `page` is one of its pages, with its query."""

    template_id: TemplateId
    fields: Fields
    page: Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9/_?=&.%-]{0,199}\Z")] | None = None


class WeChatNotice(_Channel, frozen=True, tag="wechat_notice", kw_only=True):
    """A notice of the official account, for service messages only; `url` is the page it opens."""

    template_id: TemplateId
    fields: Fields
    url: Annotated[str, Meta(pattern=r"^https://[!-~]{1,190}\Z")] | None = None


class SmsMessage(_Channel, frozen=True, tag="sms", kw_only=True):
    """A short message. Our signature is put before it, and behind marketing the way to refuse it."""

    text: Annotated[str, Meta(min_length=1, max_length=400)]


class PushMessage(_Channel, frozen=True, tag="push", kw_only=True):
    """A notification of the bank's app; without its own, title and body of the template."""

    title: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    body: Annotated[str, Meta(min_length=1, max_length=200)] | None = None


Channel = WeChatMessage | WeChatNotice | SmsMessage | PushMessage


class MessageTemplate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The document behind `PUT /admin/v1/message-templates/{code}`.

    `link` is the page of ours that the message leads to, as in `/tasks/fuel-300`; without it the page of what the
    message is about. Marketing messages need the customer's consent, service messages do not. Beyond the inbox the
    message goes by the first of `channels` that works, within `useful_for_hours`. A `loan_offer` goes to nobody who is
    overdue or in collections.
    """

    name: Name
    title: Annotated[str, Meta(min_length=1, max_length=40)]
    body: Annotated[str, Meta(min_length=1, max_length=500)]
    variables: Annotated[list[Variable], Meta(max_length=20)] = []
    link: Annotated[str, Meta(pattern=r"^/([A-Za-z0-9_.-][A-Za-z0-9/_.-]{0,198})?\Z")] | None = None
    category: Literal["service", "marketing"] = "service"
    channels: Annotated[list[Channel], Meta(max_length=4)] = []
    priority: Priority = "normal"
    useful_for_hours: Annotated[int, Meta(ge=1, le=24 * 30)] = 72
    loan_offer: bool = False
