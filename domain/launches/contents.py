"""What belongs to a campaign."""

from collections.abc import Sequence

import msgspec

from domain import approvals
from domain.approvals import Version
from domain.benefits import BENEFITS
from domain.campaigns import CAMPAIGNS
from domain.coupons import TEMPLATES
from domain.journeys import JOURNEYS
from domain.launches.references import ONLY_LIVE, references
from domain.operators import OperatorIdentity
from domain.tasks import TASKS
from kit.errors import NotFound


class Contents(msgspec.Struct, frozen=True):
    """The newest version of each that names the campaign and is not over, in the making or live, by code."""

    campaign: Version
    tasks: Sequence[Version]
    journeys: Sequence[Version]
    templates: Sequence[Version]
    benefits: Sequence[Version]

    @property
    def all(self) -> list[Version]:
        """Everything but the campaign."""
        return [*self.tasks, *self.journeys, *self.templates, *self.benefits]


async def contents(code: str, operator: OperatorIdentity) -> Contents:
    """What belongs to a campaign this operator may see, of their branches. Raises `NotFound`."""
    return await contents_of(await approvals.version_numbered(CAMPAIGNS.name, code, operator), operator.within)


async def contents_of(campaign: Version, within: Sequence[str] | None = None) -> Contents:
    """What belongs to this version of a campaign, of these branches only, if named."""
    named = await approvals.of_campaign(campaign.code, within)
    kinds = (TASKS, JOURNEYS, TEMPLATES, BENEFITS)
    return Contents(campaign, *([one for one in named if one.kind == kind.name] for kind in kinds))


async def belonging(code: str, operator: OperatorIdentity) -> list[tuple[str, str]]:
    """Kind and code of a campaign, of what belongs to it, and of the message templates, audiences and tags that uses,
    as far as this operator may see them. Suppliers are not among them: each environment has its own keys and addresses.
    Raises `NotFound`.
    """
    found = await contents(code, operator)
    waiting, used = [found.campaign, *found.all], set[tuple[str, str]]()
    while waiting:
        one = waiting.pop()
        named = {(kind, code) for _, kind, code in references(one.kind, one.body) if kind in ONLY_LIVE} - used
        for kind, code in sorted(named):
            version = await _seen(kind, code, operator)
            if version is not None:
                used.add((kind, code))
                waiting.append(version)
    return [(one.kind, one.code) for one in (found.campaign, *found.all)] + sorted(used)


async def _seen(kind: str, code: str, operator: OperatorIdentity) -> Version | None:
    """The document that is taken out; None of another branch's, or where there is none."""
    try:
        reading = await approvals.read(kind, code, operator)
    except NotFound:
        return None
    return reading.live or reading.latest
