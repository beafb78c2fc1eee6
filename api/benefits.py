"""The customer's benefits."""

from datetime import datetime

import msgspec
from sanic import Request

from api.routes import Subject, customer_routes, number_of
from domain import benefits
from domain.benefits import BenefitKind, GrantState
from kit.errors import NotFound
from kit.http import Cursor, page_bounds
from kit.http.types import next_cursor


class BenefitGrant(msgspec.Struct):
    """A benefit this customer was granted; its code is shown by redeeming it. `substitute_id` is the grant that took
    the place of a voided one.
    """

    grant_id: str
    benefit: str
    name: str
    kind: BenefitKind
    state: GrantState
    face_value_fen: int
    granted_at: datetime
    valid_until: datetime
    redeemed_at: datetime | None
    substitute_id: str | None = None


class BenefitGrantPage(msgspec.Struct):
    """A page of benefits, newest first."""

    items: list[BenefitGrant]
    next_cursor: str | None


class BenefitGrantQuery(Cursor, forbid_unknown_fields=True):
    """Filter and paging."""

    state: GrantState | None = None


class Redemption(msgspec.Struct):
    """`code` is null for a benefit that needs none."""

    code: str | None
    how_to_use: str
    grant: BenefitGrant


@customer_routes.route("GET", "/benefit-grants", tag="benefit")
async def list_benefit_grants(request: Request, query: BenefitGrantQuery, subject: Subject) -> BenefitGrantPage:
    """This customer's benefits, newest first."""
    before, limit = page_bounds(query)
    found = await benefits.grants_of(subject.customer_id, query.state, before, limit + 1)
    following = next_cursor(found, limit)
    return BenefitGrantPage([grant_view(grant) for grant in found[:limit]], following)


@customer_routes.route("POST", "/benefit-grants/{grant_id}/redemption", tag="benefit", errors=(404, 409))
async def redeem_benefit(request: Request, grant_id: str, subject: Subject) -> Redemption:
    """Redeem a benefit: shows its code. A repeat shows it again; every showing is noted."""
    number = number_of(grant_id, NotFound("benefit_grant.not_found", "没有这项权益"))
    shown = await benefits.redeem(subject.customer_id, number)
    return Redemption(shown.code, shown.how_to_use, grant_view(await benefits.grant_of(subject.customer_id, number)))


def grant_view(grant: benefits.BenefitGrant) -> BenefitGrant:
    """A grant as pages show it."""
    return BenefitGrant(
        grant_id=str(grant.id),
        benefit=grant.benefit,
        name=grant.name,
        kind=BenefitKind(grant.kind),
        state=grant.state,
        face_value_fen=grant.face_value_fen,
        granted_at=grant.granted_at,
        valid_until=grant.valid_until,
        redeemed_at=grant.redeemed_at,
        substitute_id=None if grant.substitute_id is None else str(grant.substitute_id),
    )
