"""The document of a version, and the hash that stands for exactly this document. Pure."""

import hashlib
from typing import Any

import msgspec


def body_of(definition: msgspec.Struct) -> dict[str, Any]:
    """`definition` as the plain document that is stored."""
    body: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(definition))
    return body


def definition_of(type: type[msgspec.Struct], body: dict[str, Any]) -> Any:
    """`body` as its kind reads it."""
    return msgspec.json.decode(stored_text(body), type=type)


def stored_text(body: dict[str, Any]) -> str:
    """One text per document: keys in order, as jsonb does not keep theirs."""
    return msgspec.json.encode(body, order="deterministic").decode()


def content_hash(body: dict[str, Any]) -> str:
    """SHA-256 in hex over `stored_text`."""
    return hashlib.sha256(stored_text(body).encode()).hexdigest()


def hash_of(definition: msgspec.Struct) -> str:
    """The content hash `definition` is stored with."""
    return content_hash(body_of(definition))
