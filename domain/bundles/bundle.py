"""What stands in a file of configurations."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

FORMAT: Literal["cardquest-bundle/1"] = "cardquest-bundle/1"
Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]


class BundleDocument(msgspec.Struct, forbid_unknown_fields=True):
    """One document. With `content_hash` it must be exactly what was taken out; leave it out where a file was written or
    changed by hand. `version` and `state` say what it was where it comes from.
    """

    kind: Annotated[str, Meta(min_length=1, max_length=32)]
    code: Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")]
    body: dict[str, Any]
    content_hash: Hash | None = None
    version: int | None = None
    state: str | None = None


class Bundle(msgspec.Struct, forbid_unknown_fields=True):
    """Documents that belong together."""

    format: Literal["cardquest-bundle/1"]
    documents: Annotated[list[BundleDocument], Meta(min_length=1, max_length=500)]
    taken_out_at: str | None = None
