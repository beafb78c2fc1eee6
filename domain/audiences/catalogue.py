"""The members of every live audience, held in memory as bitmaps: asking about one customer takes no query."""

from collections.abc import Collection
from typing import NamedTuple

from pyroaring import BitMap64

from domain.approvals import LiveCatalogue, current_revision
from domain.audiences.pieces import whole
from kit import database

KIND = "audiences"
NOTICE = "audience"
"""Told with its code when the members of an audience were worked out anew."""

_LIVE = """SELECT a.code, a.edition FROM audience a
           JOIN configuration c ON c.kind = $1 AND c.code = a.code AND c.state = 'live'"""
_PIECES = """SELECT a.code, a.edition, p.bits FROM audience a
             LEFT JOIN audience_piece p ON p.code = a.code WHERE a.code = ANY($1::text[])"""


class Held(NamedTuple):
    """The members an audience had when they were worked out for the `edition`-th time."""

    edition: int
    ids: BitMap64


class AudienceCatalogue(LiveCatalogue):
    """Follows both what is live and what members were worked out; an audience that is not live has none here."""

    def __init__(self) -> None:
        super().__init__()
        self._held: dict[str, Held] = {}

    async def refresh(self) -> None:
        """Look whether the live set, or the members of an audience, have changed."""
        # Whoever waits for the lock may hold a connection: who holds the lock must not wait for one.
        async with database.transaction():
            revision = await current_revision()
            async with self._loading:
                await self.load(revision)
                self.revision = max(self.revision, revision)

    async def load(self, revision: int) -> None:
        """Read the members that are not held yet, as they were worked out last."""
        live: dict[str, int] = {row["code"]: row["edition"] for row in await database.fetch(_LIVE, KIND)}
        stale = [code for code, edition in live.items() if code not in self._held or self._held[code].edition < edition]
        read: dict[str, list[bytes]] = {}
        editions: dict[str, int] = {}
        # One statement: pieces and edition are of one and the same commit.
        for row in await database.fetch(_PIECES, stale) if stale else ():
            editions[row["code"]] = row["edition"]
            read.setdefault(row["code"], []).extend([row["bits"]] if row["bits"] else [])
        fresh = {code: Held(editions[code], whole(bits)) for code, bits in read.items()}
        self._held = {code: fresh.get(code) or self._held[code] for code in live}

    def contains(self, code: str, customer_id: int) -> bool:
        """Whether the customer is a member; nobody is of an audience that is not live."""
        held = self._held.get(code)
        return held is not None and customer_id in held.ids

    def which(self, codes: Collection[str], customer_id: int) -> frozenset[str]:
        """Those of `codes` the customer is a member of."""
        held = self._held
        return frozenset(code for code in codes if code in held and customer_id in held[code].ids)

    def of(self, customer_id: int) -> list[str]:
        """Every live audience the customer is a member of, by code."""
        return sorted(self.which(self._held, customer_id))


catalogue = AudienceCatalogue()


def contains(code: str, customer_id: int) -> bool:
    """Whether the customer is a member of a live audience, as far as this process has heard: about a microsecond.
    False for an audience that is unknown, paused or ended.
    """
    return catalogue.contains(code, customer_id)


def which(codes: Collection[str], customer_id: int) -> frozenset[str]:
    """Those of `codes` that contain the customer; see `contains`."""
    return catalogue.which(codes, customer_id)
