"""Templates that are live, customers, and the invariants of the wallet as SQL."""

import itertools
from typing import Any

import msgspec

from domain import approvals, coupons, customers
from domain.approvals import Kind, Version
from domain.coupons import TEMPLATES, Issued, IssueFailure, IssueOrder
from domain.operators import HEAD_OFFICE, OperatorIdentity, Role
from kit import database

MAKER = OperatorIdentity(1, "maker", "经办", frozenset({Role.MAKER}), HEAD_OFFICE)
CHECKER = OperatorIdentity(2, "checker", "复核", frozenset({Role.CHECKER}), HEAD_OFFICE)
_numbers = itertools.count(1)

INVARIANTS = {
    "issued = coupons in all states": """
        SELECT s.template FROM coupon_stock s
        LEFT JOIN LATERAL (SELECT count(*) AS number FROM coupon c WHERE c.template = s.template) c ON true
        WHERE s.issued <> c.number""",
    "issued <= stock": "SELECT template FROM coupon_stock WHERE issued > stock",
    "issued = sum of its days": """
        SELECT s.template FROM coupon_stock s
        WHERE s.issued <> (SELECT coalesce(sum(d.issued), 0) FROM coupon_day d WHERE d.template = s.template)""",
    "a day <= its cap": """
        SELECT d.template FROM coupon_day d JOIN configuration g ON g.code = d.template AND g.state = 'live'
        WHERE d.issued > (g.body->>'daily_cap')::int""",
    "a person <= the cap": """
        SELECT c.template FROM coupon c JOIN configuration g ON g.id = c.version_id
        GROUP BY c.template, c.customer_id, g.body HAVING count(*) > (g.body->>'per_person')::int""",
    "history leads to the present state": """
        SELECT c.id FROM coupon c
        WHERE c.state <> (SELECT m.after FROM coupon_move m WHERE m.coupon_id = c.id ORDER BY m.id DESC LIMIT 1)""",
    "history has no gaps": """
        SELECT coupon_id FROM (
          SELECT coupon_id, before, lag(after) OVER (PARTITION BY coupon_id ORDER BY id) AS reached FROM coupon_move) m
        WHERE before IS DISTINCT FROM reached""",
    "used coupon <-> one accounting entry that stands": """
        SELECT c.id FROM coupon c
        WHERE (c.state = 'used')::int <> (
          SELECT count(*) FROM accounting_entry e
          WHERE e.coupon_id = c.id AND e.reverses_id IS NULL AND e.reversed_at IS NULL)""",
    "occupied coupon <-> undecided loan": """
        SELECT c.id FROM coupon c JOIN loan l ON l.id = c.loan_id JOIN loan_coupon k ON k.loan_id = l.id
        WHERE k.coupon_id = c.id AND (c.state = 'occupied') <> (l.state = 'processing')""",
}


async def broken(*except_for: str) -> dict[str, list[Any]]:
    """Every invariant that does not hold, with those who break it."""
    found = {
        name: [row[0] for row in await database.fetch(sql)]
        for name, sql in INVARIANTS.items()
        if name not in except_for
    }
    return {name: rows for name, rows in found.items() if rows}


def document(**changes: Any) -> dict[str, Any]:
    """A coupon template as an operator would write it."""
    return {
        "name": "7天免息券",
        "kind": "interest_free_days",
        "value": {"days": 7},
        "validity": {"mode": "dynamic", "effective_after_days": 0, "days": 30},
        "stock": 1000,
        "cost_fen": 350,
        "use": {"min_loan_fen": 100000},
        **changes,
    }


async def publish(kind: Kind, code: str, body: dict[str, Any]) -> Version:
    """Bring a configuration live through maker and checker."""
    await approvals.save_draft(kind, code, msgspec.convert(body, kind.definition), MAKER)
    await approvals.submit(kind, code, MAKER)
    return await approvals.approve(kind, code, CHECKER)


async def publish_template(code: str, **changes: Any) -> Version:
    """A coupon template that is live."""
    return await publish(TEMPLATES, code, document(**changes))


async def new_customers(count: int = 1) -> list[int]:
    """Bound customers."""
    numbers = [f"T{next(_numbers):010d}" for _ in range(count)]
    return list((await customers.ids_of(numbers)).values())


async def issue(*orders: IssueOrder) -> list[Issued | IssueFailure]:
    """Issue as callers do: in a transaction of theirs, under the customers' locks."""
    async with database.transaction() as connection:
        await customers.lock(connection, {order.customer_id for order in orders})
        return await coupons.issue(connection, orders)


async def issue_one(customer_id: int, template: str) -> int:
    """One coupon; its id."""
    order = IssueOrder(customer_id, template, f"test:{next(_numbers)}", "test")
    outcome = (await issue(order))[0]
    assert isinstance(outcome, Issued), outcome
    return outcome.coupon_id
