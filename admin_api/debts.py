"""What customers owe for rewards that were taken back after they had been used."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from sanic import Request

from admin_api.guard import Scope, access
from admin_api.shapes import Instant, number_or
from domain import rewards
from domain.operators import OperatorIdentity, Role
from kit import clock
from kit.errors import NotFound
from kit.http import Cursor, Page, Routes, page_bounds
from kit.http.types import next_cursor

DebtState = Literal["open", "settled", "written_off"]


class DebtView(msgspec.Struct):
    """Amounts in fen; `settled_fen` is what withheld rewards have paid."""

    debt_id: str
    customer_no: str | None
    task: str
    kind: Literal["coupon", "benefit"]
    target: str | None
    amount_fen: int
    settled_fen: int
    policy: Literal["report", "write_off", "deduct"]
    state: DebtState
    created_at: Instant
    closed_at: Instant | None
    reason: str | None


class DebtFilter(Cursor, forbid_unknown_fields=True):
    """Without `state` debts of every state."""

    state: DebtState | None = None


class WriteOff(msgspec.Struct, forbid_unknown_fields=True):
    """Why it is forgiven."""

    reason: Annotated[str, Meta(min_length=1, max_length=200)]


async def list_debts(request: Request, query: DebtFilter, subject: OperatorIdentity) -> Page[DebtView]:
    """Debts of customers of the operator's branch, newest first; head office sees all."""
    before, limit = page_bounds(query)
    found = await rewards.debts(subject, state=query.state, before=before, limit=limit + 1)
    following = next_cursor(found, limit)
    return Page([_view(one) for one in found[:limit]], following)


async def write_off_debt(request: Request, debt_id: str, body: WriteOff, subject: OperatorIdentity) -> DebtView:
    """Forgive an open debt. Checkers and budget approvers may."""
    number = number_or(debt_id, NotFound("debt.not_found", "没有这笔欠款"))
    return _view(await rewards.write_off(subject, number, body.reason))


def _view(debt: rewards.Debt) -> DebtView:
    return DebtView(
        debt_id=str(debt.id),
        customer_no=debt.customer_no,
        task=debt.task,
        kind=debt.kind,  # type: ignore[arg-type]
        target=debt.target,
        amount_fen=debt.amount,
        settled_fen=debt.settled,
        policy=debt.policy,  # type: ignore[arg-type]
        state=debt.state,  # type: ignore[arg-type]
        created_at=clock.local_text(debt.created_at),
        closed_at=clock.local_text(debt.closed_at) if debt.closed_at else None,
        reason=debt.reason,
    )


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    room.route("GET", "/debts", tag="debts", access=access(Scope.ROWS))(list_debts)
    decide = access(Scope.ONE, Role.CHECKER, Role.BUDGET_APPROVER)
    room.route("POST", "/debts/{debt_id}/write-off", tag="debts", errors=(404, 409), access=decide)(write_off_debt)
