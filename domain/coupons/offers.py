"""What the coupon centre has for a customer."""

from datetime import datetime

import msgspec

from domain.coupons import offer_rules
from domain.coupons.catalogue import catalogue, in_centre, is_for
from domain.coupons.offer_rules import Counted, Left, OfferState
from domain.coupons.template import Template
from kit import clock, database


class Offer(msgspec.Struct, frozen=True):
    """A live template of the centre, inside its window or ahead of it, as it stands for one customer."""

    template: Template
    state: OfferState
    left: Left
    held: int
    opens_in_seconds: int | None
    reminded: bool
    """They asked to be told when it opens."""

    @property
    def reason(self) -> str | None:
        """Why it cannot be claimed, for the customer; None where it can."""
        return offer_rules.REASONS.get(self.state)

    @property
    def reminds(self) -> bool:
        """Whether one may ask to be told when it opens."""
        return self.state == OfferState.UPCOMING and self.template.definition.remind.opening is not None


async def offers(customer_id: int, after: int | None, limit: int) -> list[Offer]:
    """The newest versions first, from below the version `after`. A hint: only claiming decides."""
    await catalogue.refresh()
    now = clock.now()
    shown = [
        template
        for template in sorted(catalogue.live.values(), key=lambda one: -one.version_id)
        if in_centre(template.code, customer_id)
        and is_for(template, customer_id)
        and not offer_rules.is_over(template.definition, now)
        and (after is None or template.version_id < after)
    ][:limit]
    counted = await _counted(customer_id, [template.code for template in shown], now)
    asked = await _asked(customer_id, [template.code for template in shown])
    return [
        _offer(template, counted.get(template.code, Counted(0, 0, 0)), template.code in asked, now)
        for template in shown
    ]


async def _asked(customer_id: int, codes: list[str]) -> set[str]:
    rows = await database.fetch(
        "SELECT template FROM offer_reminder WHERE customer_id = $1 AND template = ANY($2::text[]) AND told_at IS NULL",
        customer_id,
        codes,
    )
    return {row[0] for row in rows}


async def _counted(customer_id: int, codes: list[str], now: datetime) -> dict[str, Counted]:
    rows = await database.fetch(
        """SELECT s.template, s.issued, coalesce(d.issued, 0),
                  (SELECT count(*) FROM coupon c WHERE c.template = s.template AND c.customer_id = $2)
           FROM coupon_stock s LEFT JOIN coupon_day d ON d.template = s.template AND d.day = $3
           WHERE s.template = ANY($1::text[])""",
        codes,
        customer_id,
        clock.business_day(now),
    )
    return {row[0]: Counted(row[1], row[2], row[3]) for row in rows}


def _offer(template: Template, counted: Counted, reminded: bool, now: datetime) -> Offer:
    definition = template.definition
    state = offer_rules.state_of(definition, counted, now)
    opens = definition.issue.from_
    # Rounded up: who counts down to nothing shall find it open.
    wait = int((opens - now).total_seconds()) + 1 if opens is not None and state == OfferState.UPCOMING else None
    return Offer(template, state, offer_rules.left_of(definition, counted), counted.held, wait, reminded)
