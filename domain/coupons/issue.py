"""Issue coupons: never more than the stock, the day, the person and the budget may have, each source once."""

from collections import Counter
from collections.abc import Sequence
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
    """The coupon of this order, also when it was issued by an earlier one with the same source."""

    coupon_id: int


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
    now = clock.now()
    await catalogue.follow(await approvals.share_live_set(connection))
    purse = await campaigns.open_purse(connection, [cost for order in orders if (cost := _cost(order))])
    ledger = await _open_ledger(connection, orders, now)
    coupon_ids = await _ids_by_source(connection, orders)
    failures: dict[int, IssueFailure] = {}
    chosen: dict[str, Chosen] = {}
    for place, order in enumerate(orders):
        if order.source in coupon_ids or order.source in chosen:
            continue
        template = catalogue.live.get(order.template)
        failure = _why_not(order, template, ledger, purse)
        if template is None or failure is not None:
            failures[place] = IssueFailure(failure or "coupon.not_offered")
        else:
            chosen[order.source] = order, template
    if chosen:
        coupon_ids |= await _make(connection, list(chosen.values()), now)
        await purse.spend(connection)
    return [failures.get(place) or Issued(coupon_ids[order.source]) for place, order in enumerate(orders)]


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


async def _open_ledger(connection: Connection, orders: Sequence[IssueOrder], now: datetime) -> rules.Ledger:
    """Everything that counts against a cap, read only after the stock rows are ours: it cannot change any more."""
    codes = sorted({order.template for order in orders})
    stock = await connection.fetch(
        """SELECT template, stock - issued FROM coupon_stock WHERE template = ANY($1::text[])
           ORDER BY template FOR NO KEY UPDATE""",
        codes,
    )
    today = await connection.fetch(
        "SELECT template, issued FROM coupon_day WHERE template = ANY($1::text[]) AND day = $2",
        codes,
        clock.business_day(now),
    )
    people = sorted({(order.template, order.customer_id) for order in orders})
    held = await connection.fetch(
        """SELECT c.template, c.customer_id, count(*) FROM coupon c
           JOIN unnest($1::text[], $2::bigint[]) AS t (template, customer_id) USING (template, customer_id)
           GROUP BY c.template, c.customer_id""",
        [template for template, _ in people],
        [customer_id for _, customer_id in people],
    )
    return rules.Ledger(
        {row[0]: row[1] for row in stock},
        {row[0]: row[1] for row in today},
        {(row[0], row[1]): row[2] for row in held},
        now,
    )


async def _ids_by_source(connection: Connection, orders: Sequence[IssueOrder]) -> dict[str, int]:
    rows = await connection.fetch(
        "SELECT source, id FROM coupon WHERE source = ANY($1::text[])", [order.source for order in orders]
    )
    return {row[0]: row[1] for row in rows}


async def _make(connection: Connection, chosen: Sequence[Chosen], now: datetime) -> dict[str, int]:
    """Insert the coupons and count what was really inserted; returns ids by source."""
    validity = [rules.validity_of(template.definition, now) for _, template in chosen]
    rows = await connection.fetch(
        """WITH wanted AS (
             SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::timestamptz[],
                                  $6::timestamptz[], $7::text[], $10::timestamptz[])
               AS t (template, version_id, customer_id, source, valid_from, valid_until, reason, remind_at)),
           made AS (
             INSERT INTO coupon (template, version_id, customer_id, state, source, valid_from, valid_until,
                                 issued_at, remind_at, change_no)
             SELECT template, version_id, customer_id, $8, source, valid_from, valid_until, $9, remind_at,
                    nextval('change_no')
             FROM wanted ON CONFLICT (source) DO NOTHING RETURNING id, source, template),
           noted AS (
             INSERT INTO coupon_move (coupon_id, after, reason, moved_at)
             SELECT made.id, $8, wanted.reason, $9 FROM made JOIN wanted USING (source))
           SELECT id, source, template FROM made""",
        [order.template for order, _ in chosen],
        [template.version_id for _, template in chosen],
        [order.customer_id for order, _ in chosen],
        [order.source for order, _ in chosen],
        [valid_from for valid_from, _ in validity],
        [valid_until for _, valid_until in validity],
        [order.reason[:64] for order, _ in chosen],
        str(CouponState.UNUSED),
        now,
        [
            rules.remind_at(template.definition, now, until)
            for (_, template), (_, until) in zip(chosen, validity, strict=True)
        ],
    )
    await _count(connection, Counter(row["template"] for row in rows), now)
    if len(rows) < len(chosen):
        # A source was used at this very moment for another template, whose stock row is not ours.
        return await _ids_by_source(connection, [order for order, _ in chosen])
    return {row["source"]: row["id"] for row in rows}


async def _count(connection: Connection, made: Counter[str], now: datetime) -> None:
    await connection.execute(
        """WITH made AS (SELECT * FROM unnest($1::text[], $2::int[]) AS t (template, number)),
           today AS (
             INSERT INTO coupon_day (template, day, issued) SELECT template, $3, number FROM made
             ON CONFLICT (template, day) DO UPDATE SET issued = coupon_day.issued + excluded.issued)
           UPDATE coupon_stock s SET issued = s.issued + made.number FROM made WHERE s.template = made.template""",
        list(made),
        list(made.values()),
        clock.business_day(now),
    )
