"""The ceilings of compensations as a kind of configuration."""

import msgspec

from domain import approvals
from domain.approvals import Kind, Version
from domain.compensations.definition import CompensationLimits
from kit.database import Connection
from kit.errors import Fault, RuleViolated

KIND, CODE = "compensation-limits", "default"


async def check(code: str, definition: CompensationLimits) -> None:
    """Raises `RuleViolated` (`compensation_limits.code`): there is one table of ceilings."""
    if code != CODE:
        raise RuleViolated(
            "compensation_limits.code",
            f"补偿限额只有一份，编码为 {CODE}",
            [Fault("code", "compensation_limits.code", f"the only one is {CODE!r}")],
        )


async def went_live(connection: Connection, version: Version) -> None:
    """Nothing follows: ceilings are asked when a compensation is."""


async def limits() -> CompensationLimits:
    """The ceilings in force."""
    live = await approvals.live(KIND)
    return msgspec.convert(live[0].body, CompensationLimits) if live else CompensationLimits()


COMPENSATION_LIMITS = Kind(KIND, CompensationLimits, check, went_live)
