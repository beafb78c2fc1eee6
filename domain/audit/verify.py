"""Whether the chain is what was written."""

import hmac
from typing import Literal

import msgspec

from domain.audit.entry import NO_HASH, AuditEntry, hash_of
from domain.audit.key import mac
from domain.audit.queries import kept_of
from kit import database
from kit.database import Connection

_AT_ONCE = 1000
_LISTED = 100
Kind = Literal["altered", "missing", "relinked", "cut_off", "rewritten", "forged_anchor"]


class Break(msgspec.Struct, frozen=True):
    """One place where the chain is not what was written: an entry `altered`; entries `missing` before this number;
    `relinked` where an entry does not follow the one before it (removed, inserted, reordered, or written anew);
    `cut_off` where the end is missing; `rewritten` where an anchor has known another entry; `forged_anchor`.
    """

    number: int
    kind: Kind
    detail: str


class Verification(msgspec.Struct, frozen=True):
    """`breaks` is empty when all is well, and has the first hundred of `broken`."""

    entries: int
    anchors: int
    head_number: int
    head_hash: str
    broken: int
    breaks: list[Break]


async def verify(known_head: tuple[int, str] | None = None) -> Verification:
    """Read the whole trail on one snapshot and hold it against its hashes, its anchors and, if given, a head (number,
    hash) that was kept elsewhere. Changes nothing.
    """
    breaks: list[Break] = []
    entries, head = 0, (0, NO_HASH)
    async with database.snapshot() as connection:
        anchors = await _anchors(connection, breaks)
        heads = {**anchors, **({known_head[0]: known_head[1]} if known_head else {})}
        rows = connection.cursor("SELECT * FROM audit_entry ORDER BY number", prefetch=_AT_ONCE)
        async for row in rows:
            kept = kept_of(row)
            breaks += _breaks(kept, *head)
            if heads.pop(kept.number, kept.hash) != kept.hash:
                breaks.append(Break(kept.number, "rewritten", "an anchor has known another entry here"))
            entries, head = entries + 1, (kept.number, kept.hash)
    for number in sorted(heads):
        if number > head[0]:
            breaks.append(Break(number, "cut_off", f"an anchor has known this entry, the trail ends at {head[0]}"))
    return Verification(entries, len(anchors), *head, len(breaks), breaks[:_LISTED])


async def _anchors(connection: Connection, breaks: list[Break]) -> dict[int, str]:
    heads: dict[int, str] = {}
    for row in await connection.fetch("SELECT number, hash, mac FROM audit_anchor ORDER BY number"):
        if not hmac.compare_digest(row["mac"], mac(row["number"], row["hash"])):
            breaks.append(Break(row["number"], "forged_anchor", "this anchor was not signed by us"))
        heads[row["number"]] = row["hash"]
    return heads


def _breaks(kept: AuditEntry, number: int, previous_hash: str) -> list[Break]:
    """What is wrong with an entry that stands after the one of this number and hash."""
    found: list[Break] = []
    if hash_of(kept) != kept.hash:
        found.append(Break(kept.number, "altered", "the entry is not the one its hash was made of"))
    if kept.number != number + 1:
        found.append(Break(kept.number, "missing", f"the entry before it is {number}"))
    elif kept.previous_hash != previous_hash:
        found.append(Break(kept.number, "relinked", "it does not follow the entry before it"))
    return found
