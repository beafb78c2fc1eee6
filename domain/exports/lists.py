"""The lists: columns, and a query of one row each, with personal data masked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.exports.definition import ListName
from kit import clock
from kit.masking import mask_name, mask_text

Mask = Callable[[Any], Any]


@dataclass(frozen=True)
class Listing:
    """`sql` has the rows from $1 until $2 of the code $3, of customers of the branches $4, by id; `columns` are their
    names, with what masks them.
    """

    columns: dict[str, Mask]
    sql: str


def _plain(value: Any) -> Any:
    return clock.local_text(value) if isinstance(value, datetime) else value


def _listing(table: str, code: str, at: str, **more: Mask) -> Listing:
    columns: dict[str, Mask] = {"customer_no": _plain, "name": mask_name, "branch": _plain, code: _plain, **more}
    own = ", ".join(f"r.{name}" for name in (code, *more))
    return Listing(
        columns,
        f"""SELECT k.customer_no, k.name, k.branch, {own} FROM {table} r JOIN customer k ON k.id = r.customer_id
            WHERE r.{at} >= $1 AND r.{at} < $2 AND ($3::text IS NULL OR r.{code} = $3)
              AND ($4::text[] IS NULL OR k.branch = ANY($4)) ORDER BY r.id""",
    )


def _text(value: Any) -> Any:
    return mask_text(value) if value else value


LISTS: dict[ListName, Listing] = {
    "claims": _listing(
        "claim", "task", "claimed_at", state=_plain, claimed_at=_plain, completed_at=_plain, rewarded_at=_plain
    ),
    "coupons": _listing("coupon", "template", "issued_at", state=_plain, issued_at=_plain, valid_until=_plain),
    "benefit_grants": _listing(
        "benefit_grant",
        "benefit",
        "granted_at",
        state=_plain,
        granted_at=_plain,
        redeemed_at=_plain,
        valid_until=_plain,
    ),
    "messages": _listing(
        "message", "template", "created_at", title=_text, body=_text, created_at=_plain, read_at=_plain
    ),
}
