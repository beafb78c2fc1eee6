"""An audience as it is now, kept for audit."""

import hashlib
from datetime import datetime

import msgspec
from pyroaring import BitMap64

from domain import approvals
from domain.approvals import Move
from domain.audiences.catalogue import KIND
from domain.audiences.pieces import SPAN_BITS, whole
from domain.operators import OperatorIdentity, acted
from kit import clock, database
from kit.errors import Conflict, NotFound

NO_AUDIENCE = NotFound("audience.not_found", "没有这个客群")


class Snapshot(msgspec.Struct, frozen=True):
    """A frozen audience; `digest` is SHA-256 in hex over its ids ascending, 8 bytes each, the highest first."""

    id: int
    code: str
    version_id: int
    edition: int
    as_of: datetime
    members: int
    digest: str
    note: str
    made_by: int
    made_at: datetime


_AT_ONCE = 1 << 16
COLUMNS = ", ".join(Snapshot.__struct_fields__)


async def freeze(operator: OperatorIdentity, code: str, note: str = "") -> Snapshot:
    """Keep the members an audience has, as they were worked out last; nobody can change them any more. The same again
    is another snapshot.

    Raises `Forbidden` (`operator.missing_role`), `NotFound` (`audience.not_found`, also for another branch's),
    `Conflict` (`audience.not_worked_out`). Locks the audience.
    """
    approvals.check_may(operator, Move.SUBMIT)
    async with database.transaction() as connection:
        row = await connection.fetchrow(
            """SELECT a.version_id, a.edition, a.as_of, a.members FROM audience a
               WHERE a.code = $1 AND EXISTS (
                 SELECT FROM configuration c WHERE c.kind = $2 AND c.code = $1 AND c.state IN ('live', 'paused')
                   AND ($3::text[] IS NULL OR c.branch = ANY($3)))
               FOR NO KEY UPDATE OF a""",
            code,
            KIND,
            operator.within,
        )
        if row is None:
            raise NO_AUDIENCE
        if row["as_of"] is None:
            raise Conflict("audience.not_worked_out", "客群成员尚未计算完成，请稍后再试")
        pieces = await connection.fetch("SELECT bits FROM audience_piece WHERE code = $1", code)
        made = await connection.fetchrow(
            f"""INSERT INTO audience_snapshot (code, version_id, edition, as_of, members, digest, note, made_by,
                                               made_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING {COLUMNS}""",
            code,
            row["version_id"],
            row["edition"],
            row["as_of"],
            row["members"],
            digest_of(whole(piece["bits"] for piece in pieces)),
            note,
            operator.operator_id,
            clock.now(),
        )
        assert made is not None
        snapshot = Snapshot(*made)
        await connection.execute(
            """INSERT INTO audience_snapshot_piece (snapshot_id, number, members, bits)
               SELECT $2, number, members, bits FROM audience_piece WHERE code = $1""",
            code,
            snapshot.id,
        )
        detail = {"snapshot": snapshot.id, "members": snapshot.members, "digest": snapshot.digest, "note": note}
        await acted(connection, operator, "audience.freeze", f"{KIND}/{code}", detail)
    return snapshot


def digest_of(ids: BitMap64) -> str:
    """What a snapshot of exactly these members carries."""
    digest = hashlib.sha256()
    for first in range(0, len(ids), _AT_ONCE):
        part = ids[first : first + _AT_ONCE].to_array()
        part.byteswap()
        digest.update(part.tobytes())
    return digest.hexdigest()


async def snapshots(
    operator: OperatorIdentity, code: str, *, before: int | None = None, limit: int = 20
) -> list[Snapshot]:
    """Those of an audience this operator may see, newest first, from below the id `before`. Raises `NotFound`."""
    await approvals.version_numbered(KIND, code, operator)
    rows = await database.fetch(
        f"""SELECT {COLUMNS} FROM audience_snapshot WHERE code = $1 AND ($2::bigint IS NULL OR id < $2)
            ORDER BY id DESC LIMIT $3""",
        code,
        before,
        limit,
    )
    return [Snapshot(*row) for row in rows]


async def snapshot(operator: OperatorIdentity, code: str, snapshot_id: int) -> Snapshot:
    """One snapshot. Raises `NotFound` (`configuration.not_found`, `audience.no_snapshot`)."""
    await approvals.version_numbered(KIND, code, operator)
    row = await database.fetchrow(
        f"SELECT {COLUMNS} FROM audience_snapshot WHERE code = $1 AND id = $2", code, snapshot_id
    )
    if row is None:
        raise NotFound("audience.no_snapshot", "没有这个客群快照")
    return Snapshot(*row)


async def snapshot_contains(snapshot_id: int, customer_id: int) -> bool:
    """Whether the customer was a member."""
    bits = await database.fetchval(
        "SELECT bits FROM audience_snapshot_piece WHERE snapshot_id = $1 AND number = $2",
        snapshot_id,
        customer_id >> SPAN_BITS,
    )
    return bits is not None and customer_id in BitMap64.deserialize(bits)
