"""Shapes that several resources of this room share."""

from typing import Annotated

from msgspec import Meta

Instant = Annotated[str, Meta(description="RFC 3339", extra_json_schema={"format": "date-time"})]
