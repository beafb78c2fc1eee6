"""Campaigns as others need them."""

import msgspec

from domain import approvals
from domain.approvals import State
from domain.campaigns.definition import CampaignDefinition
from domain.operators import OperatorIdentity
from kit import clock
from kit.errors import Conflict

KIND = "campaigns"


async def campaign_exists(code: str) -> bool:
    """Whether something may be planned under this campaign: it is live, not paused, and its window is not over."""
    for version in await approvals.live(KIND):
        if version.code == code:
            until = msgspec.convert(version.body, CampaignDefinition).window.until
            return until is None or clock.now() < until
    return False


async def campaign_of_list(operator: OperatorIdentity, code: str) -> str:
    """The campaign an operator may change the white list of, also before it is live. Raises `NotFound`, `Conflict`
    (`campaign.over`).
    """
    found = await approvals.version_numbered(KIND, code, operator)
    if found.state == State.ENDED:
        raise Conflict("campaign.over", "活动已经结束")
    return found.code
