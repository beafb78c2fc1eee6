"""Deleting the account: asked for, thought over for a week, done by the worker."""

from datetime import datetime
from typing import Literal

import msgspec
from sanic import Request

from api.routes import Subject, customer_routes
from domain import personal_data
from kit.http import Answer


class Lost(msgspec.Struct):
    """What is gone afterwards."""

    kind: Literal["experience", "coupon", "benefit", "task"]
    name: str
    amount: int


class AccountDeletion(msgspec.Struct):
    """`state` is `cooling` while it can be cancelled. With running loans it cannot be asked for, nor is it done."""

    state: Literal["none", "cooling"]
    requested_at: datetime | None
    due_at: datetime | None
    running_loans: int
    losses: list[Lost]


class NewAccountDeletion(msgspec.Struct, forbid_unknown_fields=True):
    """The customer typed what they want."""

    confirm: Literal["注销"]


@customer_routes.route("GET", "/account-deletion", tag="customer")
async def read_account_deletion(request: Request, subject: Subject) -> AccountDeletion:
    """How it stands, what stands in its way, and what would be lost."""
    return await _shown(subject.customer_id)


@customer_routes.route(
    "POST",
    "/account-deletion",
    tag="customer",
    status=201,
    also=(200,),
    errors=(409,),
    example={"confirm": "注销"},
)
async def request_account_deletion(
    request: Request, body: NewAccountDeletion, subject: Subject
) -> Answer[AccountDeletion]:
    """Ask for the account to be deleted in seven days."""
    _, fresh = await personal_data.request_deletion(subject.customer_id)
    return Answer(await _shown(subject.customer_id), status=201 if fresh else 200)


@customer_routes.route("DELETE", "/account-deletion", tag="customer", status=204)
async def cancel_account_deletion(request: Request, subject: Subject) -> None:
    """Keep the account after all; where no deletion is under way nothing changes."""
    await personal_data.cancel_deletion(subject.customer_id)


async def _shown(customer_id: int) -> AccountDeletion:
    prospect = await personal_data.deletion_of(customer_id)
    deletion = prospect.deletion
    return AccountDeletion(
        "cooling" if deletion else "none",
        deletion.requested_at if deletion else None,
        deletion.due_at if deletion else None,
        prospect.running_loans,
        [Lost(loss.kind, loss.name, loss.amount) for loss in prospect.losses],  # type: ignore[arg-type]
    )
