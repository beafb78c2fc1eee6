"""Campaigns as others need them."""

import msgspec

from domain import approvals
from domain.campaigns.definition import CampaignDefinition
from kit import clock

KIND = "campaigns"


async def campaign_exists(code: str) -> bool:
    """Whether something may be planned under this campaign: it is live, not paused, and its window is not over."""
    for version in await approvals.live(KIND):
        if version.code == code:
            until = msgspec.convert(version.body, CampaignDefinition).window.until
            return until is None or clock.now() < until
    return False
