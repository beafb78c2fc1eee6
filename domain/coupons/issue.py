"""Issue coupons: never more than the stock, the day, the person and the budget may have, each source once."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec

from domain import approvals, campaigns
from domain.campaigns import Cost, Purse
from domain.coupons import rules
from domain.coupons.catalogue import catalogue
from domain.coupons.costs import cost_of
from domain.coupons.states import CouponState
from domain.coupons.template import Template
from kit import clock
from kit.database import Connection


class IssueOrder(msgspec.Struct, frozen=True):
    """A coupon of `template` for a customer. `source` names what caused it (at most 80 characters)."""

    customer_id: int
    template: str
    source: str
    reason: str


class Issued(msgspec.Struct, frozen=True):
    """The coupon of this order; `fresh` unless it was there before, by an earlier order with the same source."""

    coupon_id: int
    fresh: bool = False


class IssueFailure(msgspec.Struct, frozen=True):
    """`coupon.not_offered` (no such live template), `coupon.outside_issue_window`, `coupon.personal_cap`,
    `coupon.out_of_stock`, `coupon.daily_cap`, or a code of `campaigns.reserve`.
    """

    code: str


Chosen = tuple[IssueOrder, Template]


async def issue(connection: Connection, orders: Sequence[IssueOrder]) -> list[Issued | IssueFailure]:
    """One outcome per order, first come first served; an order that fails, fails alone.

    Idempotent on `source`. The caller holds the customers' locks, as change numbers are drawn under them. Shares the
    live set, then locks the budgets the coupons cost, then the stock of each template, each once, in order of code.
    What they cost is spent, unless the caller has reserved it under `costs.budget_source`: then that is.
    """
    if not orders:
        return []
    await catalogue.follow(await approvals.share_live_set(connection))
    return await issue_of_catalogue(connection, orders, clock.now())


async def issue_of_catalogue(
    connection: Connection, orders: Sequence[IssueOrder], now: datetime
) -> list[Issued | IssueFailure]:
    """As `issue`, for a caller who shares the live set already and has made the catalogue follow it."""
    if not orders:
        return []
    purse = await campaigns.open_purse(connection, [cost for order in orders if (cost := _cost(order))])
    ledger, known = await _open_ledger(connection, orders, now)
    failures: dict[int, IssueFailure] = {}
    chosen: dict[str, Chosen] = {}
    fresh: set[int] = set()
    for place, order in enumerate(orders):
        if order.source in known or order.source in chosen:
            continue
        template = catalogue.live.get(order.template)
        failure = _why_not(order, template, ledger, purse)
        if template is None or failure is not None:
            failures[place] = IssueFailure(failure or "coupon.not_offered")
        else:
            chosen[order.source] = order, template
            fresh.add(place)
    made = await _make(connection, list(chosen.values()), now) if chosen else {}
    await purse.spend(connection)
    if len(made) < len(chosen):
        # A source was used at this very moment for another template, whose stock row is not ours.
        known |= await _ids_by_source(connection, chosen.keys() - made.keys())
    return [
        failures.get(place)
        or (Issued(made[order.source], place in fresh) if order.source in made else Issued(known[order.source]))
        for place, order in enumerate(orders)
    ]


def _cost(order: IssueOrder) -> Cost | None:
    return cost_of(order.template, order.customer_id, order.source)


def _why_not(order: IssueOrder, template: Template | None, ledger: rules.Ledger, purse: Purse) -> str | None:
    """Take one from the stock and its cost from the budget, or neither and say why."""
    failure, cost = ledger.take(template, order.customer_id), _cost(order)
    if failure is None and template is not None and cost is not None:
        failure = purse.take(cost)
        if failure is not None:
            ledger.put_back(template, order.customer_id)
    return failure


async def _open_ledger(
    connection: Connection, orders: Sequence[IssueOrder], now: datetime
) -> tuple[rules.Ledger, dict[str, int]]:
    """Everything that counts against a cap, and the coupons already there by source.

    Read only after the stock rows are ours: it cannot change any more.
    """
    codes = sorted({order.template for order in orders})
    stock = await connection.fetch(
        """SELECT template, stock - issued FROM coupon_stock WHERE template = ANY($1::text[])
           ORDER BY template FOR NO KEY UPDATE""",
        codes,
    )
    people = sorted({(order.template, order.customer_id) for order in orders})
    # A statement of its own: its snapshot must be younger than the locks.
    rows = await connection.fetch(
        """SELECT 'today', template, NULL::bigint, issued::bigint FROM coupon_day
           WHERE template = ANY($1::text[]) AND day = $2
           UNION ALL
           SELECT 'held', c.template, c.customer_id, count(*) FROM coupon c
           JOIN unnest($3::text[], $4::bigint[]) AS t (template, customer_id) USING (template, customer_id)
           GROUP BY c.template, c.customer_id
           UNION ALL
           SELECT 'known', source, NULL, id FROM coupon WHERE source = ANY($5::text[])""",
        codes,
        clock.business_day(now),
        [template for template, _ in people],
        [customer_id for _, customer_id in people],
        [order.source for order in orders],
    )
    ledger = rules.Ledger(
        {row[0]: row[1] for row in stock},
        {row[1]: row[3] for row in rows if row[0] == "today"},
        {(row[1], row[2]): row[3] for row in rows if row[0] == "held"},
        now,
    )
    return ledger, {row[1]: row[3] for row in rows if row[0] == "known"}


async def _ids_by_source(connection: Connection, sources: Collection[str]) -> dict[str, int]:
    rows = await connection.fetch("SELECT source, id FROM coupon WHERE source = ANY($1::text[])", list(sources))
    return {row[0]: row[1] for row in rows}


async def _make(connection: Connection, chosen: Sequence[Chosen], now: datetime) -> dict[str, int]:
    """Insert the coupons and count what was really inserted; returns ids by source.

    What is the same for all coupons of a template goes over the wire once: encoding is what a large batch spends most
    of its time on here.
    """
    templates = list({template.code: template for _, template in chosen}.values())
    validity = [rules.validity_of(template.definition, now) for template in templates]
    rows = await connection.fetch(
        """WITH template AS (
             SELECT * FROM unnest($1::text[], $2::bigint[], $3::timestamptz[], $4::timestamptz[],
                                  $12::timestamptz[])
               AS t (template, version_id, valid_from, valid_until, remind_at)),
           wanted AS (
             SELECT * FROM unnest($5::text[], $6::bigint[], $7::text[], $8::text[])
               AS t (template, customer_id, source, reason)),
           made AS (
             INSERT INTO coupon (template, version_id, customer_id, state, source, valid_from, valid_until,
                                 issued_at, remind_at, change_no)
             SELECT template, version_id, customer_id, $9, source, valid_from, valid_until, $10, remind_at,
                    nextval('change_no')
             FROM wanted JOIN template USING (template)
             ON CONFLICT (source) DO NOTHING RETURNING id, source, template),
           noted AS (
             INSERT INTO coupon_move (coupon_id, after, reason, moved_at)
             SELECT made.id, $9, wanted.reason, $10 FROM made JOIN wanted USING (source)),
           counted AS (SELECT template, count(*)::int AS number FROM made GROUP BY template),
           today AS (
             INSERT INTO coupon_day (template, day, issued) SELECT template, $11, number FROM counted ORDER BY template
             ON CONFLICT (template, day) DO UPDATE SET issued = coupon_day.issued + excluded.issued),
           total AS (
             UPDATE coupon_stock s SET issued = s.issued + counted.number FROM counted
             WHERE s.template = counted.template)
           SELECT source, id FROM made""",
        [template.code for template in templates],
        [template.version_id for template in templates],
        [valid_from for valid_from, _ in validity],
        [valid_until for _, valid_until in validity],
        [order.template for order, _ in chosen],
        [order.customer_id for order, _ in chosen],
        [order.source for order, _ in chosen],
        [order.reason[:64] for order, _ in chosen],
        str(CouponState.UNUSED),
        now,
        clock.business_day(now),
        [
            rules.remind_at(template.definition, now, until)
            for template, (_, until) in zip(templates, validity, strict=True)
        ],
    )
    return dict(map(tuple, rows))
