"""Shapes that several resources of this room share."""

from typing import Annotated

import msgspec
from msgspec import Meta

from kit.errors import NotFound


class ExactApproval(msgspec.Struct, forbid_unknown_fields=True):
    """`content_hash` as the checker has read it; another content is refused (`approval.content_changed`)."""

    content_hash: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]


Instant = Annotated[str, Meta(description="RFC 3339", extra_json_schema={"format": "date-time"})]


def number_or(text: str, error: NotFound) -> int:
    """An id of ours from a path; what cannot be one is not there."""
    if text.isascii() and text.isdigit() and len(text) <= 18:
        return int(text)
    raise error
