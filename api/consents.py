"""What the customer agrees to, and withdrawing it, which is as easy."""

from datetime import datetime

import msgspec
from sanic import Request

from api.routes import Subject, customer_routes
from domain import consents, customers
from domain.consents import DOCUMENTS, Decision, Purpose, Standing
from kit import database
from kit.errors import NotFound


class Consent(msgspec.Struct):
    """One purpose with its present text; `since` is null for who never decided. `outdated`: they decided on an older
    text.
    """

    purpose: Purpose
    title: str
    text: str
    document_version: str
    granted: bool
    since: datetime | None
    outdated: bool


class ConsentList(msgspec.Struct):
    """Every purpose."""

    items: list[Consent]


class ConsentChoice(msgspec.Struct, forbid_unknown_fields=True):
    """Give or withdraw."""

    granted: bool


@customer_routes.route("GET", "/consents", tag="customer")
async def list_consents(request: Request, subject: Subject) -> ConsentList:
    """This customer's consents."""
    return ConsentList([_shown(standing) for standing in await consents.standings(subject.customer_id)])


@customer_routes.route("PUT", "/consents/{purpose}", tag="customer", errors=(404,), example={"granted": False})
async def decide_consent(request: Request, purpose: str, body: ConsentChoice, subject: Subject) -> Consent:
    """Give or withdraw one consent; the same again changes nothing."""
    try:
        wanted = Purpose(purpose)
    except ValueError:
        raise NotFound("consent.not_found", "没有这项授权") from None
    async with database.transaction() as connection:
        await customers.lock(connection, [subject.customer_id])
        decision = Decision(subject.customer_id, wanted, body.granted, subject.channel)
        await consents.record(connection, [decision])
    return next(_shown(one) for one in await consents.standings(subject.customer_id) if one.purpose == wanted)


def _shown(standing: Standing) -> Consent:
    document = DOCUMENTS[standing.purpose]
    return Consent(
        standing.purpose,
        document.title,
        document.text,
        document.version,
        standing.granted,
        standing.since,
        standing.outdated,
    )
