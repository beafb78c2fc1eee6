"""Every act of an operator, in a chain nobody can edit unnoticed: record, list, anchor, verify."""

from domain.audit.anchor import anchor
from domain.audit.entry import JSON, NO_HASH, AuditEntry, Entry, instant_text, line_of
from domain.audit.key import sign_anchors_with
from domain.audit.queries import Filter, list_, stream
from domain.audit.record import HEAD_LOCK, record
from domain.audit.verify import Break, Verification, verify

__all__ = [
    "HEAD_LOCK",
    "JSON",
    "NO_HASH",
    "AuditEntry",
    "Break",
    "Entry",
    "Filter",
    "Verification",
    "anchor",
    "instant_text",
    "line_of",
    "list_",
    "record",
    "sign_anchors_with",
    "stream",
    "verify",
]
