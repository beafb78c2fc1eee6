"""A customer who leaves is a member of nothing any more, but of what was frozen for audit, by their id alone."""

from pyroaring import BitMap64

from domain.audiences.catalogue import NOTICE
from domain.audiences.pieces import SPAN_BITS
from kit import notices
from kit.database import Connection


async def erase(connection: Connection, customer_id: int) -> None:
    """Take the customer out of every file and bitmap; idempotent. The caller holds the customer's lock, and erases
    `customer` in the same transaction. Locks every audience, by code: what is stored before is seen here, and what is
    stored after sees that the customer is erased.
    """
    await connection.execute("DELETE FROM audience_member WHERE customer_id = $1", customer_id)
    number = customer_id >> SPAN_BITS
    await connection.execute("SELECT FROM audience ORDER BY code FOR NO KEY UPDATE")
    for row in await connection.fetch("SELECT code, bits FROM audience_piece WHERE number = $1 ORDER BY code", number):
        ids = BitMap64.deserialize(row["bits"])
        if customer_id not in ids:
            continue
        ids.remove(customer_id)
        if ids:
            await connection.execute(
                "UPDATE audience_piece SET members = $3, bits = $4 WHERE code = $1 AND number = $2",
                row["code"],
                number,
                len(ids),
                ids.serialize(),
            )
        else:
            await connection.execute("DELETE FROM audience_piece WHERE code = $1 AND number = $2", row["code"], number)
        await connection.execute(
            "UPDATE audience SET members = members - 1, edition = edition + 1 WHERE code = $1", row["code"]
        )
        await notices.notify(connection, NOTICE, row["code"])
