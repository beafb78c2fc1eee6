"""Field types that several rooms share; their bounds end up in the OpenAPI document."""

import base64
import binascii
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from msgspec import Meta

from kit.errors import BadInput, Fault

Fen = Annotated[int, Meta(ge=0, le=10**13, description="CNY in fen (1/100 yuan)")]
Text = Annotated[str, Meta(min_length=1, max_length=200)]
Code = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z", description="A short name in ASCII")]
Item = TypeVar("Item")


class Page(msgspec.Struct, Generic[Item]):
    """A list: the items of this page, and the cursor of the next one if there is one."""

    items: list[Item]
    next_cursor: str | None = None


class Cursor(msgspec.Struct, forbid_unknown_fields=True):
    """Paging parameters of every list."""

    cursor: Annotated[str, Meta(max_length=64)] | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 20


def page_bounds(query: Cursor) -> tuple[int | None, int]:
    """The id after which the page begins (None at the first page) and its size. Raises `BadInput`."""
    if query.cursor is None:
        return None, query.limit
    try:
        after = int(base64.urlsafe_b64decode(query.cursor.encode("ascii")))
        if 0 <= after < 2**63:
            return after, query.limit
    except (ValueError, binascii.Error):
        pass
    raise bad_cursor()


def bad_cursor() -> BadInput:
    """The refusal of a cursor that no page gave."""
    fault = Fault("cursor", "invalid", "take next_cursor of the previous page as it is")
    return BadInput("request.invalid", "The cursor is not one of ours", [fault])


def cursor_after(row_id: int) -> str:
    """The cursor of the page that begins after `row_id`."""
    return base64.urlsafe_b64encode(str(row_id).encode()).decode()


def next_cursor(found: Sequence[Any], limit: int, place: Callable[[Any], int] = attrgetter("id")) -> str | None:
    """The cursor of the page after this one, if `found`, asked for one more than `limit`, shows that there is one;
    `place` is what a row is ordered by.
    """
    return cursor_after(place(found[limit - 1])) if len(found) > limit else None
