"""Customers claim coupons in the coupon centre: a batch, first come first served, one transaction."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from domain import approvals, customers, risk
from domain.coupons import offer_rules, rules
from domain.coupons.catalogue import catalogue, in_centre, is_for
from domain.coupons.coupon import Coupon
from domain.coupons.issue import Issued, IssueFailure, IssueOrder, issue_of_catalogue
from domain.coupons.queries import coupons_by_source
from domain.coupons.states import CouponState
from kit import clock, database, redis
from kit.database import Connection
from kit.errors import BadInput, Conflict, DomainError, Fault, NotFound, RuleViolated

KEY = "Idempotency-Key"
_REFUSALS = {
    "coupon.personal_cap": "您已达到每人领取上限",
    "coupon.out_of_stock": "来晚了，已被领完",
    "coupon.daily_cap": "今日已领完，明天再来",
}


class OfferClaim(msgspec.Struct, frozen=True):
    """Who wants which coupon. The same `key` (of this customer, for this template) is the same request; `origin` is
    where one from outside came from.
    """

    customer_id: int
    template: str
    key: str | None = None
    origin: risk.Origin | None = None

    @property
    def source(self) -> str:
        """The source of the coupon this claim gets."""
        return offer_rules.source_of(self.customer_id, self.template, self.key)


class ClaimedCoupon(msgspec.Struct, frozen=True):
    """The coupon, and whether this very request made it."""

    coupon: Coupon
    created: bool


async def claim_offer(claims: Sequence[OfferClaim]) -> list[ClaimedCoupon | Exception]:
    """Claim for each in order. One refused does not refuse the others.

    Idempotent for ever on customer, template and key: a repeat gets the coupon it has, whatever became of it and of
    the offer since. Without a key the customer and the template are the request, which is safe only where a person
    may have one: elsewhere `BadInput` asks for a key.
    Errors per member: `NotFound` (`coupon.not_offered`), `RuleViolated` (`coupon.outside_issue_window`), `Conflict`
    (`coupon.not_for_you`, `coupon.personal_cap`, `coupon.out_of_stock`, `coupon.daily_cap`, or the budget's), and
    those of `risk.decide`, which is not asked about a repeat. Locks the customers, then as `risk.decide`, then as
    `issue` does.
    """
    return await database.retried(lambda: _commit(claims))


async def _commit(claims: Sequence[OfferClaim]) -> list[ClaimedCoupon | Exception]:
    now = clock.now()
    async with database.transaction() as connection:
        await customers.lock(connection, sorted({claim.customer_id for claim in claims}))
        revision = await approvals.share_live_set(connection)
        await catalogue.follow(revision)
        await risk.catalogue.follow(revision)
        barred = await _barred(connection, claims)
        refusals = {
            place: error for place, claim in enumerate(claims) if (error := barred.get(place) or _why_not_asked(claim))
        }
        # A refused one may still be the repeat of one that was not.
        known = await coupons_by_source(connection, [claims[place].source for place in refusals])
        asking = [(place, claim) for place, claim in enumerate(claims) if place not in refusals]
        orders = [IssueOrder(claim.customer_id, claim.template, claim.source, "coupon.claimed") for _, claim in asking]
        outcomes = await issue_of_catalogue(connection, orders, now)
        answers: dict[int, ClaimedCoupon | Exception] = {
            place: ClaimedCoupon(found, created=False) if (found := known.get(claims[place].source)) else error
            for place, error in refusals.items()
        }
        issued = await _coupons(connection, orders, outcomes, now)
        for (place, claim), order, outcome in zip(asking, orders, outcomes, strict=True):
            if isinstance(outcome, Issued):
                answers[place] = ClaimedCoupon(issued[order.source], outcome.fresh)
            else:
                answers[place] = _refusal(outcome, claim, now)
        changed = {coupon.customer_id for coupon in issued.values()}
        database.after_commit(lambda: redis.publish_changed_soon(changed))
    return [answers[place] for place in range(len(claims))]


async def _barred(connection: Connection, claims: Sequence[OfferClaim]) -> dict[int, DomainError]:
    if not risk.catalogue.awake("coupon_claim"):
        return {}
    known = await coupons_by_source(connection, [claim.source for claim in claims])
    attempts = {
        place: risk.Attempt(claim.customer_id, "coupon_claim", claim.origin)
        for place, claim in enumerate(claims)
        if claim.origin is not None and claim.source not in known
    }
    return await risk.decide(connection, attempts)


def _why_not_asked(claim: OfferClaim) -> DomainError | None:
    """Why nothing is issued for `claim`, whatever is left."""
    template = in_centre(claim.template, claim.customer_id)
    if template is None:
        return NotFound("coupon.not_offered", "没有这张可领取的券")
    if not is_for(template, claim.customer_id):
        return Conflict("coupon.not_for_you", "这张券仅限指定客户领取")
    if claim.key is None and template.definition.per_person != 1:
        fault = Fault(KEY, "missing", "needed, as a customer may claim this coupon more than once")
        return BadInput("request.invalid", f"缺少请求头 {KEY}", [fault])
    return None


async def _coupons(
    connection: Connection, orders: Sequence[IssueOrder], outcomes: Sequence[Issued | IssueFailure], now: datetime
) -> dict[str, Coupon]:
    """The coupons by source; those just made need not be read."""
    made: dict[str, Coupon] = {}
    repeated: list[str] = []
    for order, outcome in zip(orders, outcomes, strict=True):
        if isinstance(outcome, Issued) and outcome.fresh:
            template = catalogue.live[order.template]
            valid_from, valid_until = rules.validity_of(template.definition, now)
            made[order.source] = Coupon(
                id=outcome.coupon_id,
                customer_id=order.customer_id,
                template=template,
                state=CouponState.UNUSED,
                valid_from=valid_from,
                valid_until=valid_until,
                issued_at=now,
                loan_id=None,
                occupied_until=None,
            )
        elif isinstance(outcome, Issued) and order.source not in made:
            repeated.append(order.source)
    return made | await coupons_by_source(connection, repeated)


def _refusal(failure: IssueFailure, claim: OfferClaim, now: datetime) -> DomainError:
    if failure.code == "coupon.outside_issue_window":
        over = offer_rules.is_over(catalogue.live[claim.template].definition, now)
        return RuleViolated(failure.code, "领取已经结束" if over else "还没到领取时间")
    return Conflict(failure.code, _REFUSALS.get(failure.code, "活动名额已用完"))
