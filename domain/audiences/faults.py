"""What other documents may name: audiences that are live."""

from collections.abc import Collection

from domain.audiences.catalogue import KIND
from domain.operators import HEAD_OFFICE
from kit import database
from kit.errors import Fault


async def faults(path: str, codes: Collection[str], within: Collection[str] | None = None) -> list[Fault]:
    """One fault (`audience.unknown_reference`) at `path` for each of `codes` that is no live audience. With `within`
    only head office's and those of these branches are there.
    """
    if not codes:
        return []
    live = {
        row[0]
        for row in await database.fetch(
            """SELECT code FROM configuration WHERE kind = $1 AND state = 'live' AND code = ANY($2::text[])
                 AND ($3::text[] IS NULL OR branch = ANY($3))""",
            KIND,
            list(codes),
            None if within is None else [*within, HEAD_OFFICE],
        )
    }
    return [
        Fault(path, "audience.unknown_reference", f"there is no live audience {code}")
        for code in codes
        if code not in live
    ]
