"""What waits for somebody to agree, of every kind that is approved."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from domain.operators.identity import OperatorIdentity, Role
from kit import database

CONFIGURATIONS_WAITING = """SELECT kind, code, coalesce(body ->> 'name', code) AS name, version, state, cost_fen,
    maker_id, checker_id, content_hash, branch, coalesce(submitted_at, created_at) AS submitted_at, id
  FROM configuration WHERE state IN ('submitted', 'checked')"""
"""The source of configurations. A source is a SELECT of these columns, of what waits in the states `submitted` (for a
checker) and `checked` (for a budget approver); each capability that is approved here has one of its own.
"""


class Place(msgspec.Struct, frozen=True):
    """Where something stands in the list: what is submitted never changes its place while it waits."""

    submitted_at: datetime
    kind: str
    id: int


class Waiting(msgspec.Struct, frozen=True):
    """Something to agree to. `code` is what it is called below `/admin/v1/{kind}/`; `version` is of configurations;
    `branch` is None for customers of whom none is known.
    """

    place: Place
    code: str
    name: str
    version: int | None
    waits_for: Literal["checker", "budget_approver"]
    cost_fen: int
    maker_id: int
    checker_id: int | None
    content_hash: str
    branch: str | None


async def pending(
    operator: OperatorIdentity,
    sources: Sequence[str] = (CONFIGURATIONS_WAITING,),
    kind: str | None = None,
    after: Place | None = None,
    limit: int = 20,
) -> list[Waiting]:
    """What this operator could approve, the latest submitted last, from behind the place `after`: of their branch, not
    made by them, submitted for a checker, and checked by somebody else for a budget approver.
    """
    everything = " UNION ALL ".join(f"({source})" for source in sources)
    rows = await database.fetch(
        f"""SELECT * FROM ({everything}) AS waiting
            WHERE (($2 AND state = 'submitted') OR ($3 AND state = 'checked' AND checker_id <> $1)) AND maker_id <> $1
              AND ($4::text[] IS NULL OR branch = ANY($4)) AND ($5::text IS NULL OR kind = $5)
              AND ($6::timestamptz IS NULL OR (submitted_at, kind, id) > ($6, $7::text, $8::bigint))
            ORDER BY submitted_at, kind, id LIMIT $9""",
        operator.operator_id,
        Role.CHECKER in operator.roles,
        Role.BUDGET_APPROVER in operator.roles,
        operator.within,
        kind,
        *(msgspec.structs.astuple(after) if after else (None, None, None)),
        limit,
    )
    return [
        Waiting(
            place=Place(row["submitted_at"], row["kind"], row["id"]),
            waits_for="budget_approver" if row["state"] == "checked" else "checker",
            **{name: row[name] for name in Waiting.__struct_fields__ if name not in ("place", "waits_for")},
        )
        for row in rows
    ]
