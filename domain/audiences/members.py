"""All members of an audience at once, for work in sets."""

from pyroaring import BitMap64

from domain.audiences.catalogue import KIND
from domain.audiences.pieces import whole
from kit.database import Connection
from kit.errors import NotFound

_LIVE = """SELECT p.bits FROM audience_piece p JOIN configuration c ON c.kind = $1 AND c.code = p.code
           WHERE p.code = $2 AND c.state = 'live'"""
_FROZEN = "SELECT bits FROM audience_snapshot_piece WHERE snapshot_id = $1"


async def members(connection: Connection, code: str, snapshot_id: int | None = None) -> BitMap64:
    """The ids of a live audience's members as they were worked out last, none of any other audience; the caller's to
    change. With a snapshot those it froze, whatever became of the audience.

    Raises `NotFound` (`audience.no_snapshot`) for a snapshot of another audience.
    """
    if snapshot_id is None:
        return whole(row[0] for row in await connection.fetch(_LIVE, KIND, code))
    await _check(connection, code, snapshot_id)
    return whole(row[0] for row in await connection.fetch(_FROZEN, snapshot_id))


async def _check(connection: Connection, code: str, snapshot_id: int) -> None:
    if await connection.fetchval("SELECT code FROM audience_snapshot WHERE id = $1", snapshot_id) != code:
        raise NotFound("audience.no_snapshot", "没有这个客群快照")
