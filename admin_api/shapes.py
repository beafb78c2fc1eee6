"""Shapes that several resources of this room share."""

from typing import Annotated

from msgspec import Meta

from kit.errors import NotFound

Instant = Annotated[str, Meta(description="RFC 3339", extra_json_schema={"format": "date-time"})]


def number_or(text: str, error: NotFound) -> int:
    """An id of ours from a path; what cannot be one is not there."""
    if text.isascii() and text.isdigit() and len(text) <= 18:
        return int(text)
    raise error
