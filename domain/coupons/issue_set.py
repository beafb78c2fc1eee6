"""Issue coupons of one template to many customers: decided and written in sets, under the same rules as `issue`."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from domain import approvals, campaigns
from domain.campaigns import SetSpent
from domain.coupons import rules
from domain.coupons.catalogue import catalogue
from domain.coupons.costs import budget_source
from domain.coupons.states import CouponState
from domain.coupons.template import Template
from kit import clock
from kit.database import Connection


class SetOrder(msgspec.Struct, frozen=True):
    """One coupon of `template` for each customer, in this order. With the customer's id behind it `source` names what
    caused the coupon, as in `issue:7:` (at most 60 characters); it must not have been used for these customers.
    """

    template: str
    customer_ids: Sequence[int]
    source: str
    reason: str


class SetOutcome(msgspec.Struct, frozen=True):
    """The first `decided` customers are decided: `issued` of them have their coupon, the others were passed over for
    what concerns only them (`skipped`, by code of `IssueFailure`). Unless `stopped_by` is None, the customer after
    them was refused for this; `opens_at` says from when it may be tried again where that is known. Nobody behind was
    looked at.
    """

    decided: int
    issued: int
    skipped: Mapping[str, int] = {}
    stopped_by: str | None = None
    opens_at: datetime | None = None


async def issue_set(connection: Connection, order: SetOrder) -> SetOutcome:
    """Issue to each customer until one is refused for what concerns everybody; who has had their share, or whose branch
    has, is passed over. What the coupons cost is spent.

    Decides as `issue` would, order by order. The caller holds the customers' locks. Shares the live set, then locks
    the budget, then the stock of the template.
    """
    now = clock.now()
    await catalogue.follow(await approvals.share_live_set(connection))
    template = catalogue.live.get(order.template)
    if template is None:
        return SetOutcome(0, 0, stopped_by="coupon.not_offered")
    if not rules.may_be_issued(template.definition, now):
        begins = template.definition.issue.from_
        opens_at = begins if begins and now < begins else None
        return SetOutcome(0, 0, stopped_by="coupon.outside_issue_window", opens_at=opens_at)
    campaign = template.definition.campaign
    await campaigns.lock(connection, [campaign] if campaign and template.definition.cost_fen else [])
    room, bound = await _room(connection, template, now)
    chosen, decided = await _choose(connection, template, order.customer_ids, room)
    spent = await _spend(connection, template, order, chosen)
    if spent.taken:
        await _make(connection, template, order, spent.taken, now)
    return _outcome(order, decided, spent, bound)


def _outcome(order: SetOrder, decided: int, spent: SetSpent, bound: str) -> SetOutcome:
    """`decided` as far as the stock reaches; the money may have ended before, and what was not spent then is left in
    stock for those who come after.
    """
    stopped_by = bound if decided < len(order.customer_ids) and not spent.refused else None
    if spent.stopped_at is not None:
        decided, stopped_by = order.customer_ids.index(spent.stopped_at), spent.stopped_by
    skipped = {
        "coupon.personal_cap": decided - len(spent.taken) - spent.refused,
        "budget.branch_exhausted": spent.refused,
    }
    return SetOutcome(decided, len(spent.taken), {code: n for code, n in skipped.items() if n}, stopped_by)


async def _spend(connection: Connection, template: Template, order: SetOrder, customer_ids: Sequence[int]) -> SetSpent:
    definition = template.definition
    if definition.campaign is None:
        return SetSpent(customer_ids)
    source = budget_source(order.source)
    return await campaigns.spend_set(connection, definition.campaign, definition.cost_fen, customer_ids, source)


async def _room(connection: Connection, template: Template, now: datetime) -> tuple[int, str]:
    """What the counters allow, read only after the stock row is ours: it cannot change any more."""
    left = await connection.fetchval(
        "SELECT stock - issued FROM coupon_stock WHERE template = $1 FOR NO KEY UPDATE", template.code
    )
    today = await connection.fetchval(
        "SELECT issued FROM coupon_day WHERE template = $1 AND day = $2", template.code, clock.business_day(now)
    )
    return rules.room(template.definition, left, today or 0)


async def _choose(
    connection: Connection, template: Template, customer_ids: Sequence[int], room: int
) -> tuple[list[int], int]:
    """Who gets one, and how many customers, from the first, are decided by that."""
    cap = template.definition.per_person
    if cap is None:
        return list(customer_ids[:room]), min(room, len(customer_ids))
    # Planned anew for each set: a plan from when there were few coupons would read all of them, set after set.
    await connection.execute("SET LOCAL plan_cache_mode = force_custom_plan")
    [row] = await connection.fetch(
        """WITH had AS (
             SELECT customer_id FROM coupon WHERE template = $1 AND customer_id = ANY($2::bigint[])
             GROUP BY customer_id HAVING count(*) >= $3),
           free AS (
             SELECT m.id, m.place, row_number() OVER (ORDER BY m.place) AS rank
             FROM unnest($2::bigint[]) WITH ORDINALITY AS m (id, place)
             WHERE m.id NOT IN (SELECT customer_id FROM had))
           SELECT array_agg(id ORDER BY place) FILTER (WHERE rank <= $4) AS chosen,
                  min(place) FILTER (WHERE rank > $4) - 1 AS decided
           FROM free""",
        template.code,
        list(customer_ids),
        cap,
        room,
    )
    await connection.execute("SET LOCAL plan_cache_mode = auto")
    decided = row["decided"]
    return row["chosen"] or [], len(customer_ids) if decided is None else decided


async def _make(
    connection: Connection, template: Template, order: SetOrder, customer_ids: Sequence[int], now: datetime
) -> None:
    """The coupons, their history and the counters in one statement."""
    valid_from, valid_until = rules.validity_of(template.definition, now)
    await connection.execute(
        """WITH made AS (
             INSERT INTO coupon (template, version_id, customer_id, state, source, valid_from, valid_until, issued_at,
                                 remind_at, change_no)
             SELECT $1, $2, id, $3, $4 || id, $5, $6, $7, $8, nextval('change_no') FROM unnest($9::bigint[]) AS t (id)
             RETURNING id),
           noted AS (
             INSERT INTO coupon_move (coupon_id, after, reason, moved_at) SELECT id, $3, $10, $7 FROM made),
           today AS (
             INSERT INTO coupon_day (template, day, issued) VALUES ($1, $11, $12)
             ON CONFLICT (template, day) DO UPDATE SET issued = coupon_day.issued + excluded.issued)
           UPDATE coupon_stock SET issued = issued + $12 WHERE template = $1""",
        template.code,
        template.version_id,
        str(CouponState.UNUSED),
        order.source,
        valid_from,
        valid_until,
        now,
        rules.remind_at(template.definition, now, valid_until),
        list(customer_ids),
        order.reason[:64],
        clock.business_day(now),
        len(customer_ids),
    )
