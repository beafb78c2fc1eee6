"""What belongs to a campaign."""

from collections.abc import Sequence

import msgspec

from domain import approvals
from domain.approvals import Version
from domain.benefits import BENEFITS
from domain.campaigns import CAMPAIGNS
from domain.coupons import TEMPLATES
from domain.operators import OperatorIdentity
from domain.tasks import TASKS


class Contents(msgspec.Struct, frozen=True):
    """The newest version of each that names the campaign and is not over, in the making or live, by code."""

    campaign: Version
    tasks: Sequence[Version]
    templates: Sequence[Version]
    benefits: Sequence[Version]

    @property
    def all(self) -> list[Version]:
        """Everything but the campaign."""
        return [*self.tasks, *self.templates, *self.benefits]


async def contents(code: str, operator: OperatorIdentity) -> Contents:
    """What belongs to a campaign this operator may see, of their branch. Raises `NotFound`."""
    return await contents_of(await approvals.version_numbered(CAMPAIGNS.name, code, operator), operator.scope)


async def contents_of(campaign: Version, branch: str | None = None) -> Contents:
    """What belongs to this version of a campaign."""
    named = await approvals.of_campaign(campaign.code, branch)
    by_kind = {kind: [one for one in named if one.kind == kind] for kind in (TASKS.name, TEMPLATES.name, BENEFITS.name)}
    return Contents(campaign, by_kind[TASKS.name], by_kind[TEMPLATES.name], by_kind[BENEFITS.name])
