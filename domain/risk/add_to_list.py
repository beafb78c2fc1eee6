"""Somebody is put on a list, at once."""

import msgspec

from domain import approvals
from domain.approvals import MOVERS, Move
from domain.operators import OperatorIdentity, acted, check_role
from domain.risk.entries import Entry, NewEntry, check_head_office, entry, named
from kit import clock, database

ROLES = tuple(sorted(MOVERS[Move.PAUSE]))


class Added(msgspec.Struct, frozen=True):
    """The entry; `created` is false where it was there and was written anew."""

    entry: Entry
    created: bool


async def add_to_list(operator: OperatorIdentity, new: NewEntry) -> Added:
    """Two eyes are enough: who is scalping does not wait. Who stands there already gets the new reason and time.

    Raises `Forbidden` (`operator.missing_role`, `operator.head_office_only`), `RuleViolated` (`risk_list.impossible`),
    `NotFound` (`customer.not_found`). Changes the live set, so that every process looks.
    """
    check_role(operator, *ROLES)
    check_head_office(operator)
    who = await named(new)
    async with database.transaction() as connection:
        row = await connection.fetchrow(
            """INSERT INTO risk_list_entry (list, kind, subject, customer_id, label, reason, until, operator_id,
                                            created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
               ON CONFLICT (subject, list) DO UPDATE SET reason = excluded.reason, until = excluded.until,
                 operator_id = excluded.operator_id, created_at = excluded.created_at
               RETURNING id, xmax = 0 AS created""",
            new.list,
            who.kind,
            who.subject,
            who.customer_id,
            who.label,
            new.reason,
            new.until,
            operator.operator_id,
            clock.now(),
        )
        assert row is not None  # it was inserted or updated
        told = {"list": new.list, "kind": who.kind, "subject": who.subject, "reason": new.reason}
        until = {"until": clock.local_text(new.until)}
        await acted(connection, operator, "risk_list.add", f"risk-lists/{row['id']}", {**told, **until})
        added = await entry(connection, row["id"])
        await approvals.tell_changed(connection, "risk-lists")
    return Added(added, row["created"])
