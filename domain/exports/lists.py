"""The lists: columns, and a query of one row each, with personal data masked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain import audit
from domain.exports.definition import AuditFilter, CustomerFilter, ExportRequest, ListName
from kit import clock
from kit.masking import mask_name, mask_text

Mask = Callable[[Any], Any]


@dataclass(frozen=True)
class Listing:
    """`sql` has the rows from $1 until $2, narrowed by what `narrowed` says from $3 on, of the branches that come last,
    in a stable order; `columns` are their names, with what masks them.
    """

    columns: dict[str, Mask]
    sql: str
    narrowed: Callable[[ExportRequest], tuple[Any, ...]] = lambda asked: (asked.code,)


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


def _customers(asked: ExportRequest) -> tuple[Any, ...]:
    only = asked.customers if isinstance(asked.customers, CustomerFilter) else CustomerFilter()
    return (list(only.stages), only.branches, only.card_products, only.min_level)


def _entries(asked: ExportRequest) -> tuple[Any, ...]:
    only = asked.audit if isinstance(asked.audit, AuditFilter) else AuditFilter()
    return (only.operator, only.action, only.subject)


_CUSTOMERS = Listing(
    {
        "customer_no": _plain,
        "name": mask_name,
        "stage": _plain,
        "level": _plain,
        "experience": _plain,
        "card_product": _plain,
        "branch": _plain,
        "known_since": _plain,
    },
    """SELECT c.customer_no, c.name, c.stage, coalesce(a.rank, 0), coalesce(a.balance, 0), c.card_product, c.branch,
              c.created_at
       FROM customer c LEFT JOIN experience_account a ON a.customer_id = c.id
       WHERE c.customer_no IS NOT NULL AND c.erased_at IS NULL AND c.created_at >= $1 AND c.created_at < $2
         AND ($3::text[] = '{}' OR c.stage = ANY($3)) AND ($4::text[] = '{}' OR c.branch = ANY($4))
         AND ($5::text[] = '{}' OR c.card_product = ANY($5)) AND ($6::int = 0 OR a.rank >= $6)
         AND ($7::text[] IS NULL OR c.branch = ANY($7)) ORDER BY c.id""",
    _customers,
)
_AUDIT = Listing(
    {name: audit.instant_text if name == "at" else _plain for name in audit.AuditEntry.__struct_fields__},
    f"""SELECT {", ".join(audit.AuditEntry.__struct_fields__)} FROM audit_entry
        WHERE at >= $1 AND at < $2 AND ($3::text IS NULL OR operator = $3)
          AND ($4::text IS NULL OR action = $4 OR starts_with(action, $4 || '.'))
          AND ($5::text IS NULL OR subject = $5 OR starts_with(subject, $5 || '/'))
          AND ($6::text[] IS NULL OR branch = ANY($6)) ORDER BY number""",
    _entries,
)
"""Nothing is masked, so that whoever has the list can compute the hashes anew; details never hold what is personal."""
LISTS: dict[ListName, Listing] = {
    "customers": _CUSTOMERS,
    "audit": _AUDIT,
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
