"""Identifiers we mint ourselves."""

import secrets
import uuid


def trace_id() -> str:
    """32 hex digits, as W3C trace context wants them."""
    return secrets.token_hex(16)


def request_no(prefix: str) -> str:
    """Our own number for a call to a partner: the same number, however often the call is repeated."""
    return f"{prefix}{uuid.uuid4().hex}"


def token_id() -> str:
    """The unguessable name of a session or ticket."""
    return secrets.token_urlsafe(18)
