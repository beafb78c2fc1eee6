"""Whom something is for that names those of one audience, but not those of another: the one place that decides it."""

from domain.audiences.catalogue import contains
from domain.audiences.faults import faults
from kit.errors import Fault


def reaches(audience: str | None, exclude: str | None, customer_id: int) -> bool:
    """Whether the customer belongs to `audience` (None: everybody does) and not to `exclude` (None: nobody does). Takes
    no query. Nobody belongs to an audience that is not live.
    """
    if audience is not None and not contains(audience, customer_id):
        return False
    return exclude is None or not contains(exclude, customer_id)


async def reach_faults(path: str, audience: str | None, exclude: str | None) -> list[Fault]:
    """What is wrong with the fields `audience` and `exclude` below `path` (`visible.`)."""
    if audience is not None and audience == exclude:
        return [Fault(f"{path}exclude", "audience.excludes_itself", "leaves out everybody it is for")]
    named = ((f"{path}audience", audience), (f"{path}exclude", exclude))
    return [fault for at, code in named if code is not None for fault in await faults(at, [code])]
