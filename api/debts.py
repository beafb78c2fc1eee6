"""What the customer owes for rewards that were taken back after they had been used."""

from datetime import datetime
from typing import Literal

import msgspec
from sanic import Request

from api.routes import Subject, customer_routes
from domain import benefits, coupons, rewards
from kit.http import Cursor, page_bounds
from kit.http.types import next_cursor


class DebtItem(msgspec.Struct):
    """A used reward whose condition was lost. `deducted`: later rewards pay for it, `settled_fen` so far; otherwise it
    is only on record. `written_off` is forgiven.
    """

    debt_id: str
    task: str
    reward: str
    amount_fen: int
    settled_fen: int
    deducted: bool
    state: Literal["open", "settled", "written_off"]
    created_at: datetime
    closed_at: datetime | None


class DebtPage(msgspec.Struct):
    """A page of debts, newest first."""

    items: list[DebtItem]
    next_cursor: str | None


@customer_routes.route("GET", "/debts", tag="level")
async def list_debts(request: Request, query: Cursor, subject: Subject) -> DebtPage:
    """What is owed, what later rewards have paid of it, and what was forgiven."""
    before, limit = page_bounds(query)
    found = await rewards.owed(subject.customer_id, before, limit + 1)
    items = [
        DebtItem(
            debt_id=str(debt.id),
            task=debt.task,
            reward=_reward(debt),
            amount_fen=debt.amount,
            settled_fen=debt.settled,
            deducted=debt.policy == "deduct",
            state=debt.state,  # type: ignore[arg-type]
            created_at=debt.created_at,
            closed_at=debt.closed_at,
        )
        for debt in found[:limit]
    ]
    return DebtPage(items, next_cursor(found, limit))


def _reward(debt: rewards.OwnDebt) -> str:
    named = coupons.template_name if debt.kind == "coupon" else benefits.benefit_name
    return named(debt.target or "")
