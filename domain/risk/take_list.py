"""A set of rows of a file is put on a list."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from domain import approvals
from domain.risk.entries import Named, named_subject
from domain.risk.lists import SubjectKind
from kit import clock
from kit.database import Connection
from kit.errors import Fault


class ListRow(msgspec.Struct, frozen=True):
    """Whom, why, until when."""

    kind: SubjectKind
    value: str
    reason: str
    until: datetime


@dataclass
class Taken:
    """How many entries are new or say something new; what is wrong, by the number of the row."""

    changed: int = 0
    faults: dict[int, Fault] = field(default_factory=dict)


async def take_list(connection: Connection, name: str, operator_id: int, rows: Mapping[int, ListRow]) -> Taken:
    """Put them on the list `name`; of several rows about the same the last one counts. Changes the live set, so that
    every process looks.
    """
    numbers = [row.value for row in rows.values() if row.kind == "customer"]
    known = await connection.fetch("SELECT customer_no, id FROM customer WHERE customer_no = ANY($1::text[])", numbers)
    taken, wanted = Taken(), dict[str, tuple[Named, ListRow]]()
    for number, row in rows.items():
        found = _named(row, dict(map(tuple, known)))
        if isinstance(found, Named):
            wanted[found.subject] = (found, row)
        else:
            taken.faults[number] = found
    if wanted:
        taken.changed = await _write(connection, name, operator_id, list(wanted.values()))
        await approvals.tell_changed(connection, "risk-lists")
    return taken


def _named(row: ListRow, known: Mapping[str, int]) -> Named | Fault:
    if row.until <= clock.now():
        return Fault("until", "risk_list.over", "must lie ahead")
    customer_id = known.get(row.value)
    if row.kind == "customer" and customer_id is None:
        return Fault("value", "customer.not_found", "the number of a customer")
    return named_subject(row.kind, row.value, customer_id)


async def _write(connection: Connection, name: str, operator_id: int, wanted: list[tuple[Named, ListRow]]) -> int:
    ordered = sorted(wanted, key=lambda one: one[0].subject)
    rows = await connection.fetch(
        """INSERT INTO risk_list_entry AS e (list, kind, subject, customer_id, label, reason, until, operator_id,
                                             created_at)
           SELECT $1, t.*, $8, $9 FROM unnest($2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[],
                                              $7::timestamptz[]) AS t
           ON CONFLICT (subject, list) DO UPDATE SET reason = excluded.reason, until = excluded.until,
             operator_id = excluded.operator_id, created_at = excluded.created_at
           WHERE (e.reason, e.until) <> (excluded.reason, excluded.until)
           RETURNING id""",
        name,
        [who.kind for who, _ in ordered],
        [who.subject for who, _ in ordered],
        [who.customer_id for who, _ in ordered],
        [who.label for who, _ in ordered],
        [row.reason for _, row in ordered],
        [row.until for _, row in ordered],
        operator_id,
        clock.now(),
    )
    return len(rows)
