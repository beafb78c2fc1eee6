"""What is masked of a customer, told for a reason."""

from typing import Annotated

import msgspec
from msgspec import Meta
from sanic import Request

from admin_api.guard import Scope, access
from domain import reveals
from domain.operators import OperatorIdentity, Role
from domain.reveals import Field
from kit.http import Answer, Routes


class RevealRequest(msgspec.Struct, forbid_unknown_fields=True):
    """Which fields, and why: the reason stands in the audit trail."""

    fields: Annotated[list[Field], Meta(min_length=1, max_length=3)]
    reason: Annotated[str, Meta(min_length=4, max_length=200, pattern=r"\S")]


class CardView(msgspec.Struct):
    """A card by the card core's token; its number is known to nobody here."""

    token: str
    last4: str | None
    product: str | None


class Revelation(msgspec.Struct, omit_defaults=True):
    """What was asked for, and nothing else."""

    name: str | None = None
    phone: str | None = None
    cards: list[CardView] | None = None


async def reveal_customer(
    request: Request, customer_no: str, body: RevealRequest, subject: OperatorIdentity
) -> Answer[Revelation]:
    """Tell name, phone or cards of a customer, for a reason. Support only, fifty times a day; every time is on record
    before anything is told.
    """
    told = await reveals.reveal(subject, customer_no, body.fields, body.reason)
    cards = None if told.cards is None else [CardView(one.token, one.last4, one.product) for one in told.cards]
    return Answer(Revelation(told.name, told.phone, cards), headers={"Cache-Control": "no-store"})


def add(room: Routes) -> None:
    """Put the route of this file into the room."""
    room.route(
        "POST",
        "/customers/{customer_no}/reveals",
        tag="customers",
        errors=(404, 409, 503),
        example={"fields": ["phone"], "reason": "客户来电核实，回拨"},
        access=access(Scope.ONE, Role.SUPPORT),
    )(reveal_customer)
