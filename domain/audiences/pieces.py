"""Sets of customer ids as pieces: what is stored of an audience, one bitmap for every 2^20 ids."""

from collections.abc import Iterable
from typing import NamedTuple

from pyroaring import BitMap64

SPAN_BITS = 20
_CHUNK = 1 << 16


class Piece(NamedTuple):
    """The ids from `number` × 2^20 on, below the next piece's."""

    number: int
    members: int
    bits: bytes


def pieces_of(ids: BitMap64) -> list[Piece]:
    """`ids` in pieces, by number."""
    found: list[Piece] = []
    rest = ids.next_set_bit(0) if ids else None
    while rest is not None:
        number = rest >> SPAN_BITS
        end = (number + 1) << SPAN_BITS
        part = ids & BitMap64(range(number << SPAN_BITS, end))
        part.run_optimize()
        found.append(Piece(number, len(part), part.serialize()))
        try:
            rest = ids.next_set_bit(end)
        except ValueError:
            rest = None
    return found


def whole(bits: Iterable[bytes]) -> BitMap64:
    """The ids of serialized pieces."""
    return BitMap64.union(BitMap64(), *(BitMap64.deserialize(one) for one in bits))
