"""Members of an audience come in by a file, set by set."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from domain import approvals, customers, operators
from domain.approvals import State
from domain.audiences.catalogue import KIND
from domain.audiences.rule_sql import CARDHOLDER
from domain.operators import OperatorIdentity
from kit import clock
from kit.database import Connection
from kit.errors import Conflict

Mode = Literal["add", "remove", "replace"]
MODES: tuple[Mode, ...] = ("add", "remove", "replace")


@dataclass(frozen=True)
class MembersTaken:
    """`changed` rows took effect; `unknown` are numbers of nobody of the audience's branch."""

    changed: int
    unknown: frozenset[str]


async def take_members(
    connection: Connection, code: str, mode: Mode, import_id: int, customer_nos: Sequence[str]
) -> MembersTaken:
    """Put these customers, no two the same, into the file of an audience, or take them out, in the caller's
    transaction; idempotent. What replaces all waits for `close_members`. Locks the customers.
    """
    branch = await connection.fetchval("SELECT branch FROM configuration WHERE kind = $1 AND code = $2", KIND, code)
    known = await connection.fetch("SELECT id FROM customer WHERE customer_no = ANY($1::text[])", list(customer_nos))
    # Who is being erased this moment is not to be put back by us.
    await customers.lock(connection, [row["id"] for row in known])
    rows = await connection.fetch(
        f"""SELECT c.id, c.customer_no FROM customer c
            WHERE c.customer_no = ANY($1::text[]) AND {CARDHOLDER} AND ($2::text[] IS NULL OR c.branch = ANY($2))""",
        list(customer_nos),
        await operators.customers_of(connection, branch),
    )
    ids = sorted(row["id"] for row in rows)
    unknown = frozenset(customer_nos) - {row["customer_no"] for row in rows}
    if mode == "remove":
        done = await connection.execute(
            "DELETE FROM audience_member WHERE code = $1 AND import_id = 0 AND customer_id = ANY($2::bigint[])",
            code,
            ids,
        )
    else:
        done = await connection.execute(
            """INSERT INTO audience_member (code, import_id, customer_id) SELECT $1, $2, unnest($3::bigint[])
               ON CONFLICT DO NOTHING""",
            code,
            import_id if mode == "replace" else 0,
            ids,
        )
    return MembersTaken(int(done.rsplit(" ", 1)[1]), unknown)


async def import_target(operator: OperatorIdentity, code: str) -> str:
    """The code of an audience whose members come by file, live or in the making.

    Raises `NotFound`, also for another branch's, `Conflict` (`audience.not_by_file`).
    """
    reading = await approvals.read(KIND, code, operator)
    known = [one for one in (reading.latest, reading.live) if one is not None and one.state != State.ENDED]
    if not any(one.body.get("file") is not None for one in known):
        raise Conflict("audience.not_by_file", "该客群不是由文件导入的客群，或已结束")
    return code


async def close_members(connection: Connection, code: str, mode: Mode, import_id: int) -> None:
    """A file has been taken in wholly, in the caller's transaction: what replaces all takes its place, and the
    audience is worked out at once.
    """
    if mode == "replace":
        await connection.execute("DELETE FROM audience_member WHERE code = $1 AND import_id <> $2", code, import_id)
        await connection.execute(
            "UPDATE audience_member SET import_id = 0 WHERE code = $1 AND import_id = $2", code, import_id
        )
    await connection.execute("UPDATE audience SET due_at = $2 WHERE code = $1", code, clock.now())
