"""A compensation as a row, and where it is in its life."""

import hashlib
from datetime import datetime
from enum import StrEnum

import msgspec

from kit.database import Record


class CompensationState(StrEnum):
    """A submitted one waits for a checker, a checked one for a budget approver; the others are over."""

    SUBMITTED = "submitted"
    CHECKED = "checked"
    GRANTED = "granted"
    REJECTED = "rejected"


class Compensation(msgspec.Struct, frozen=True):
    """`amount` is points for experience and 1 for a coupon or benefit, whose code is `target`."""

    id: int
    customer_id: int
    customer_no: str
    branch: str | None
    kind: str
    target: str | None
    amount: int
    cost_fen: int
    reason: str
    message: str | None
    content_hash: str
    state: CompensationState
    maker_id: int
    checker_id: int | None
    reject_reason: str | None
    created_at: datetime
    decided_at: datetime | None
    over_limit: bool
    budget_approver_id: int | None

    @property
    def source(self) -> str:
        """What makes it be granted once."""
        return f"compensation:{self.id}"


OF = "SELECT m.*, c.customer_no, c.branch FROM compensation m JOIN customer c ON c.id = m.customer_id"


def compensation_of(row: Record) -> Compensation:
    """The compensation in a row of `OF`."""
    values = {name: row[name] for name in Compensation.__struct_fields__}
    return Compensation(**{**values, "state": CompensationState(row["state"])})


def content_hash(customer_id: int, kind: str, target: str | None, amount: int, reason: str, message: str | None) -> str:
    """SHA-256 in hex of exactly what is granted to whom, and why."""
    return hashlib.sha256(msgspec.json.encode([customer_id, kind, target, amount, reason, message])).hexdigest()
