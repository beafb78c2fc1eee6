"""Ids that a query finds, as a bitmap."""

from array import array
from collections.abc import Sequence
from typing import Any

from pyroaring import BitMap64

from kit.database import Connection

_IN_BYTES = "SELECT string_agg(int8send(id), ''::bytea) FROM ({query}) AS found GROUP BY id >> 20"


async def ids_of(connection: Connection, query: str, values: Sequence[Any]) -> BitMap64:
    """The column `id` of a query. As bytes: rows of a driver take a hundred times the memory."""
    found = BitMap64()
    # A row may have eight megabytes.
    async for row in connection.cursor(_IN_BYTES.format(query=query), *values, prefetch=2):
        found |= bitmap_of(row[0])
    return found


def bitmap_of(sent: bytes) -> BitMap64:
    """Ids as `string_agg(int8send(id), '')` sends them."""
    ids = array("Q")
    ids.frombytes(sent)
    ids.byteswap()  # they come in network order
    return BitMap64(ids)
