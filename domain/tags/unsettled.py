"""Whether what is known under a name is about to change."""

from collections.abc import Collection

from domain.tags import plan
from domain.tags.catalogue import catalogue
from domain.tags.plan import TagState
from kit import clock
from kit.database import Connection


async def unsettled(connection: Connection, codes: Collection[str]) -> set[str]:
    """Those of these tags that are live and being computed or due, or made of one that is: who works with their values
    had better wait for them. As far as this process has read the live set (`catalogue.refresh`).
    """
    if not codes:
        return set()
    rows = await connection.fetch(f"SELECT {', '.join(TagState.__struct_fields__)} FROM tag_state")
    states, now = {row["tag"]: TagState(*row) for row in rows}, clock.now()
    return {code for code in codes if plan.is_unsettled(code, catalogue.live, states, now)}
