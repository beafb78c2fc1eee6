"""What other documents may name: audiences that are live."""

from collections.abc import Collection

from domain.audiences.catalogue import KIND
from kit import database
from kit.errors import Fault


async def faults(path: str, codes: Collection[str]) -> list[Fault]:
    """One fault (`audience.unknown`) at `path` for each of `codes` that is no live audience."""
    if not codes:
        return []
    live = {
        row[0]
        for row in await database.fetch(
            "SELECT code FROM configuration WHERE kind = $1 AND state = 'live' AND code = ANY($2::text[])",
            KIND,
            list(codes),
        )
    }
    return [Fault(path, "audience.unknown", f"there is no live audience {code}") for code in codes if code not in live]
