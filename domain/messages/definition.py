"""A message template as operators write it."""

from enum import StrEnum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Name = Annotated[str, Meta(min_length=1, max_length=64)]
VariableName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,31}\Z")]


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


class MessageTemplate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The document behind `PUT /admin/v1/message-templates/{code}`.

    `link` is the page of ours that the message leads to, as in `/tasks/fuel-300`; without it the page of what the
    message is about. Marketing messages need the customer's consent, service messages do not.
    """

    name: Name
    title: Annotated[str, Meta(min_length=1, max_length=40)]
    body: Annotated[str, Meta(min_length=1, max_length=500)]
    variables: Annotated[list[Variable], Meta(max_length=20)] = []
    link: Annotated[str, Meta(pattern=r"^/([A-Za-z0-9_.-][A-Za-z0-9/_.-]{0,198})?\Z")] | None = None
    category: Literal["service", "marketing"] = "service"
