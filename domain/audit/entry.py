"""An act as it is told and as it is kept, and the hash that stands for it. Pure."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

JSON = Any
"""What JSON can say: texts, whole numbers, truth values, null, lists and mappings of them."""
NO_HASH = "0" * 64
"""What comes before the first entry."""


class Entry(msgspec.Struct, frozen=True):
    """Who did what to what. `operator_id` is None where nobody known acted (a refused sign-in, the command line);
    `action` is a stable word (`configuration.approve`), `subject` a path (`tasks/fuel-300`). `detail` never holds
    secrets or what is masked elsewhere.
    """

    operator_id: int | None
    operator: str
    branch: str
    action: str
    subject: str
    detail: Mapping[str, JSON] = {}


class AuditEntry(msgspec.Struct, frozen=True):
    """An entry as it is kept; `detail` is the very text that was hashed."""

    number: int
    at: datetime
    operator_id: int | None
    operator: str
    branch: str
    action: str
    subject: str
    detail: str
    previous_hash: str
    hash: str


def detail_text(detail: Mapping[str, JSON]) -> str:
    """One text per mapping: keys in order."""
    return msgspec.json.encode(dict(detail), order="deterministic").decode()


def chained(number: int, at: datetime, entry: Entry, previous_hash: str) -> AuditEntry:
    """`entry` as the one after `previous_hash`."""
    fields = (
        number,
        at,
        entry.operator_id,
        entry.operator,
        entry.branch,
        entry.action,
        entry.subject,
        detail_text(entry.detail),
        previous_hash,
    )
    return AuditEntry(*fields, hash=_hash(fields))


def line_of(kept: AuditEntry) -> bytes:
    """The entry as a line of JSON from which its hash can be computed anew, by anybody."""
    fields = {**msgspec.structs.asdict(kept), "at": instant_text(kept.at)}
    return msgspec.json.encode(fields) + b"\n"


def hash_of(kept: AuditEntry) -> str:
    """What `kept.hash` has to be, by its fields and the previous hash it names."""
    return _hash(msgspec.structs.astuple(kept)[:-1])


def _hash(fields: tuple[Any, ...]) -> str:
    """SHA-256 over the JSON array of the fields in their order, the instant in UTC with microseconds."""
    number, at, *others = fields
    return hashlib.sha256(msgspec.json.encode([number, instant_text(at), *others])).hexdigest()


def instant_text(at: datetime) -> str:
    """A moment as it is hashed: in UTC, with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
