"""Who stands on which list."""

from collections.abc import Iterable, Mapping
from typing import Literal

from domain.risk.catalogue import catalogue
from kit import clock
from kit.database import Connection

ListName = Literal["deny", "allow", "watch"]
SubjectKind = Literal["customer", "device", "ip", "openid"]


async def listed(connection: Connection, subjects: Iterable[Mapping[str, str]]) -> dict[str, frozenset[str]]:
    """The lists each of these subjects stands on now. Asks nothing where nobody of their kinds is on any."""
    wanted = {one for by_kind in subjects for kind, one in by_kind.items() if kind in catalogue.listed}
    if not wanted:
        return {}
    rows = await connection.fetch(
        """SELECT subject, array_agg(list) FROM risk_list_entry WHERE subject = ANY($1::text[]) AND until > $2
           GROUP BY subject""",
        list(wanted),
        clock.now(),
    )
    return {row[0]: frozenset(row[1]) for row in rows}
