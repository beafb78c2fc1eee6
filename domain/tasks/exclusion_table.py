"""The table of MCCs that count for no task, as a kind of configuration."""

from datetime import datetime
from typing import Annotated

import iso18245
import msgspec
from msgspec import Meta

from domain.approvals import Kind, Version
from kit import clock
from kit.database import Connection
from kit.errors import Fault, RuleViolated

KIND = "mcc-exclusions"
CODE = "default"
"""The one table that applies; tables under other codes may be prepared and approved, but exclude nothing."""


class ExcludedMcc(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`reason` is told to customers: `博彩`, `税款`, `类现金`."""

    mcc: Annotated[str, Meta(pattern=r"^[0-9]{4}\Z")]
    reason: Annotated[str, Meta(min_length=1, max_length=20)]


class ExclusionTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The document behind `PUT /admin/v1/mcc-exclusions/{code}`.

    It holds for purchases that happen from its approval on, or from `effective_from` when that is later.
    """

    name: Annotated[str, Meta(min_length=1, max_length=64)]
    mccs: Annotated[list[ExcludedMcc], Meta(max_length=1_000)]
    effective_from: Annotated[datetime, Meta(tz=True)] | None = None


async def check(code: str, definition: ExclusionTable) -> None:
    """Raises `RuleViolated` (`mcc_exclusions.impossible`) with the path of each fault."""
    faults = _faults(definition)
    if faults:
        raise RuleViolated("mcc_exclusions.impossible", "商户类别排除表有误，请按所列路径修改", faults)


def _faults(table: ExclusionTable) -> list[Fault]:
    faults: list[Fault] = []
    if table.effective_from is not None and table.effective_from <= clock.now():
        detail = "must lie ahead: what has happened already keeps counting as it did"
        faults.append(Fault("effective_from", "mcc_exclusions.past", detail))
    seen: set[str] = set()
    for place, excluded in enumerate(table.mccs):
        path = f"mccs[{place}].mcc"
        if excluded.mcc in seen:
            faults.append(Fault(path, "mcc_exclusions.repeated", f"{excluded.mcc} stands there twice"))
        elif not _is_known(excluded.mcc):
            faults.append(Fault(path, "mcc_exclusions.unknown_mcc", f"{excluded.mcc} is no MCC of ISO 18245"))
        seen.add(excluded.mcc)
    return faults


def _is_known(mcc: str) -> bool:
    try:
        iso18245.get_mcc(mcc)
    except iso18245.MCCNotFound:
        return False
    return True


async def went_live(connection: Connection, version: Version) -> None:
    """Nothing is recomputed: a version holds for what happens from then on."""


MCC_EXCLUSIONS = Kind(KIND, ExclusionTable, check, went_live)
