"""Grant benefits: never more than there are, nor than the budget has, each source once, a code to one for ever."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from domain import approvals, campaigns, customers
from domain.benefits import rules
from domain.benefits.catalogue import Benefit, catalogue
from domain.benefits.costs import cost_of
from domain.benefits.requests import open_requests
from domain.campaigns import Cost, Purse
from kit import clock, database, redis
from kit.database import Connection


class IssueOrder(msgspec.Struct, frozen=True):
    """A benefit for a customer. `source` names what caused it (at most 80 characters). What `replaces` something the
    customer has had already does not count against the personal cap.
    """

    customer_id: int
    benefit: str
    source: str
    reason: str
    replaces: bool = False


class Issued(msgspec.Struct, frozen=True):
    """The grant of this order, also when it was made by an earlier one with the same source; what its supplier issues
    is `issuing` until the worker has asked.
    """

    grant_id: int


class IssueFailure(msgspec.Struct, frozen=True):
    """`benefit.no_owner` (the customer was erased), `benefit.not_offered`, `benefit.personal_cap`,
    `benefit.out_of_stock`, or a code of `campaigns.reserve`.
    """

    code: str


Chosen = tuple[IssueOrder, Benefit]


async def issue(connection: Connection, orders: Sequence[IssueOrder]) -> list[Issued | IssueFailure]:
    """One outcome per order, first come first served; an order that fails, fails alone.

    Idempotent on `source`. The caller holds the customers' locks. Shares the live set, then locks the budgets the
    benefits cost, then the counter of each benefit, each once, in order of code. What they cost is spent, unless the
    caller has reserved it under `costs.budget_source`: then that is.
    """
    if not orders:
        return []
    await catalogue.follow(await approvals.share_live_set(connection))
    purse = await campaigns.open_purse(connection, [cost for order in orders if (cost := _cost(order))])
    gone = await customers.erased(connection, {order.customer_id for order in orders})
    ledger = await _open_ledger(connection, orders)
    known = await _ids_by_source(connection, orders)
    now = clock.now()
    failures: dict[int, IssueFailure] = {}
    chosen: dict[str, Chosen] = {}
    for place, order in enumerate(orders):
        if order.source in known or order.source in chosen:
            continue
        benefit = catalogue.live.get(order.benefit)
        if benefit is not None and rules.is_over(benefit.definition.validity, now):
            benefit = None
        gone_failure = "benefit.no_owner" if order.customer_id in gone else None
        failure = gone_failure or _why_not(order, benefit, ledger, purse)
        if benefit is None or failure is not None:
            failures[place] = IssueFailure(failure or "benefit.not_offered")
        else:
            chosen[order.source] = order, benefit
    if chosen:
        known |= await _make(connection, list(chosen.values()), now)
        await purse.spend(connection)
    return [failures.get(place) or Issued(known[order.source]) for place, order in enumerate(orders)]


def _cost(order: IssueOrder) -> Cost | None:
    return cost_of(order.benefit, order.customer_id, order.source)


def _why_not(order: IssueOrder, benefit: Benefit | None, ledger: rules.Ledger, purse: Purse) -> str | None:
    """Take one from the stock and its cost from the budget, or neither and say why."""
    definition = benefit.definition if benefit else None
    failure = ledger.take(order.benefit, definition, order.customer_id, capped=not order.replaces)
    cost = _cost(order)
    if failure is None and cost is not None:
        failure = purse.take(cost)
        if failure is not None:
            ledger.put_back(order.benefit, order.customer_id)
    return failure


async def _open_ledger(connection: Connection, orders: Sequence[IssueOrder]) -> rules.Ledger:
    """Everything that counts against a cap, read only after the counters are ours: it cannot change any more."""
    codes = sorted({order.benefit for order in orders})
    stock = await connection.fetch(
        """SELECT benefit, stock - issued AS left FROM benefit_stock WHERE benefit = ANY($1::text[])
           ORDER BY benefit FOR NO KEY UPDATE""",
        codes,
    )
    left: dict[str, int | None] = {row[0]: row[1] for row in stock}
    by_code = [code for code in codes if code in left and _by_code(code)]
    if by_code:
        free = await connection.fetch(
            """SELECT b.benefit, (SELECT count(*) FROM (
                 SELECT FROM benefit_code c
                 WHERE c.benefit = b.benefit AND c.grant_id IS NULL AND c.withdrawn_at IS NULL LIMIT $2) AS free)
               FROM unnest($1::text[]) AS b (benefit)""",
            by_code,
            len(orders),
        )
        left |= {row[0]: row[1] for row in free}
    people = sorted({(order.benefit, order.customer_id) for order in orders})
    had = await connection.fetch(
        """SELECT g.benefit, g.customer_id, count(*) FROM benefit_grant g
           JOIN unnest($1::text[], $2::bigint[]) AS t (benefit, customer_id) USING (benefit, customer_id)
           WHERE g.state <> 'failed' GROUP BY g.benefit, g.customer_id""",
        [benefit for benefit, _ in people],
        [customer_id for _, customer_id in people],
    )
    return rules.Ledger(left, {(row[0], row[1]): row[2] for row in had})


def _by_code(code: str) -> bool:
    benefit = catalogue.live.get(code)
    return benefit is not None and benefit.definition.stock_mode == "codes"


async def _ids_by_source(connection: Connection, orders: Sequence[IssueOrder]) -> dict[str, int]:
    rows = await connection.fetch(
        "SELECT source, id FROM benefit_grant WHERE source = ANY($1::text[])", [order.source for order in orders]
    )
    return {row[0]: row[1] for row in rows}


async def _make(connection: Connection, chosen: Sequence[Chosen], now: datetime) -> dict[str, int]:
    rows = await connection.fetch(
        """WITH wanted AS (
             SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::timestamptz[], $6::text[],
                                  $8::text[])
               AS t (benefit, version_id, customer_id, source, valid_until, reason, state)),
           made AS (
             INSERT INTO benefit_grant (benefit, version_id, customer_id, state, source, valid_until, granted_at,
                                        change_no)
             SELECT benefit, version_id, customer_id, state, source, valid_until, $7, nextval('change_no')
             FROM wanted RETURNING id, source, benefit),
           noted AS (
             INSERT INTO benefit_move (grant_id, after, reason, moved_at)
             SELECT made.id, wanted.state, wanted.reason, $7 FROM made JOIN wanted USING (source)),
           counted AS (
             UPDATE benefit_stock s SET issued = s.issued + n.number
             FROM (SELECT benefit, count(*) AS number FROM made GROUP BY benefit) n WHERE s.benefit = n.benefit)
           SELECT id, source, benefit FROM made ORDER BY id""",
        [benefit.code for _, benefit in chosen],
        [benefit.version_id for _, benefit in chosen],
        [order.customer_id for order, _ in chosen],
        [order.source for order, _ in chosen],
        [rules.valid_until(benefit.definition.validity, now) for _, benefit in chosen],
        [order.reason for order, _ in chosen],
        now,
        ["issuing" if benefit.definition.stock_mode == "supplier_api" else "granted" for _, benefit in chosen],
    )
    by_source = {order.source: benefit for order, benefit in chosen}
    made = [(row["id"], by_source[row["source"]]) for row in rows]
    await open_requests(connection, [one for one in made if one[1].definition.stock_mode == "supplier_api"], now)
    by_code = [(row["benefit"], row["id"]) for row in rows if _by_code(row["benefit"])]
    await _give_codes(connection, by_code)
    changed = sorted({order.customer_id for order, _ in chosen})
    database.after_commit(lambda: redis.publish_changed(changed))
    return {row["source"]: row["id"] for row in rows}


async def _give_codes(connection: Connection, grants: Sequence[tuple[str, int]]) -> None:
    """The oldest free codes of each benefit, one to each grant. The counters' locks keep others from them."""
    if grants:
        await connection.execute(
            """WITH wanting AS (
                 SELECT benefit, grant_id, row_number() OVER (PARTITION BY benefit ORDER BY grant_id) AS place
                 FROM unnest($1::text[], $2::bigint[]) AS t (benefit, grant_id)),
               free AS (
                 SELECT c.id, w.benefit, c.place FROM (SELECT benefit, max(place) AS most FROM wanting GROUP BY 1) w
                 CROSS JOIN LATERAL (
                   SELECT id, row_number() OVER (ORDER BY id) AS place FROM benefit_code
                   WHERE benefit = w.benefit AND grant_id IS NULL AND withdrawn_at IS NULL ORDER BY id LIMIT w.most) c)
               UPDATE benefit_code SET grant_id = wanting.grant_id
               FROM free JOIN wanting USING (benefit, place) WHERE benefit_code.id = free.id""",
            [benefit for benefit, _ in grants],
            [grant_id for _, grant_id in grants],
        )
