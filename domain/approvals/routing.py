"""Above which cost a second approver is asked, and whether a launch waits for its checklist: a configuration itself."""

from typing import Annotated

import msgspec
from msgspec import Meta

from domain.approvals.kinds import Kind, Version
from kit import database
from kit.database import Connection
from kit.errors import Fault, RuleViolated

KIND, CODE = "approval-limits", "default"


class ApprovalLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The document behind `PUT /admin/v1/approval-limits/default`.

    What may cost more than `budget_fen` needs a budget approver, a third person. With `checklist` `refuse` a campaign
    with failed items on its checklist is not approved; with `show` it is only shown.
    """

    budget_fen: Annotated[int, Meta(ge=0, le=10**15)]
    checklist: Annotated[str, Meta(pattern=r"^(refuse|show)\Z")] = "refuse"


async def check(code: str, definition: ApprovalLimits) -> None:
    """Raises `RuleViolated` (`approval_limits.code`): there is one document of limits."""
    if code != CODE:
        fault = Fault("code", "approval_limits.code", f"the only one is {CODE!r}")
        raise RuleViolated(fault.code, f"审批额度只有一份，编码为 {CODE}", [fault])


async def went_live(connection: Connection, version: Version) -> None:
    """Nothing follows: limits are asked when something is approved."""


async def limits() -> ApprovalLimits | None:
    """The limits last approved; pausing or ending them lifts nothing. None where there never were any."""
    body = await database.fetchval(
        """SELECT body FROM configuration WHERE kind = $1 AND code = $2 AND live_at IS NOT NULL
           ORDER BY version DESC LIMIT 1""",
        KIND,
        CODE,
    )
    return None if body is None else msgspec.json.decode(body, type=ApprovalLimits)


async def costs_much(cost_fen: int) -> bool:
    """Whether what may cost this needs a budget approver by the limits of now."""
    found = await limits()
    return found is not None and cost_fen > found.budget_fen


async def over_limit(kind: Kind, version: Version) -> bool:
    """Whether this version needs a budget approver by the limits of now. Changing the limits always does."""
    if kind.always_budget:
        return await limits() is not None
    return await costs_much(version.cost_fen)


APPROVAL_LIMITS = Kind(KIND, ApprovalLimits, check, went_live, always_budget=True)
