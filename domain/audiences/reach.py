"""Whom something is for that names those of one audience, but not those of another: the one place that decides it."""

from collections.abc import Iterable

from domain import approvals
from domain.audiences.catalogue import KIND, contains
from domain.audiences.faults import faults
from domain.operators import HEAD_OFFICE, OperatorIdentity
from kit.errors import Fault, RuleViolated


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


async def check_may_name(operator: OperatorIdentity, named: Iterable[tuple[str, str | None]]) -> None:
    """Whoever writes a document names audiences (each by its path) of their own branch, of those below it, and head
    office's. Raises `RuleViolated` (`audience.foreign`) with the path of every other one.
    """
    found: list[Fault] = []
    for path, code in named if operator.within is not None else ():
        owner = await approvals.owner(KIND, code) if code is not None else None
        if owner is not None and owner != HEAD_OFFICE and not operator.sees(owner):
            found.append(Fault(path, "audience.unknown_reference", f"there is no live audience {code}"))
    if found:
        raise RuleViolated("audience.foreign", "没有这个客群，或它属于其他分行", found)
