"""Coupon templates this process has to know, decoded once."""

from collections.abc import Iterable

import msgspec

from domain import approvals, audiences, campaigns
from domain.approvals import LiveCatalogue, Version
from domain.coupons.definition import CouponTemplate
from domain.coupons.template import Template

KIND = "coupon-templates"


class TemplateCatalogue(LiveCatalogue):
    """The live templates by code, and any version coupons were issued under."""

    def __init__(self) -> None:
        super().__init__()
        self.live: dict[str, Template] = {}
        self._versions: dict[int, Template] = {}

    async def load(self, revision: int) -> None:
        """Decode the live templates."""
        await campaigns.admission.follow(revision)
        self.live = {version.code: self._keep(version) for version in await approvals.live(KIND)}

    async def versions(self, version_ids: Iterable[int]) -> dict[int, Template]:
        """Templates by version, in whatever state the version is."""
        wanted = set(version_ids)
        missing = [version_id for version_id in wanted if version_id not in self._versions]
        if missing:
            for version in await approvals.versions(missing):
                self._keep(version)
        return {version_id: self._versions[version_id] for version_id in wanted}

    def _keep(self, version: Version) -> Template:
        known = self._versions.get(version.id)
        if known is None:
            definition = msgspec.convert(version.body, CouponTemplate)
            known = self._versions[version.id] = Template(version.code, version.id, definition)
        return known


catalogue = TemplateCatalogue()


def in_centre(code: str, customer_id: int) -> Template | None:
    """A live template of the coupon centre whose campaign is there for this customer."""
    template = catalogue.live.get(code)
    if template is None or not template.definition.issue.centre:
        return None
    return template if campaigns.admission.admits(template.definition.campaign, customer_id) else None


def is_for(template: Template, customer_id: int) -> bool:
    """Whether this customer is among those the coupon centre has it for."""
    issue = template.definition.issue
    return audiences.reaches(issue.audience, issue.exclude, customer_id)


def template_name(code: str) -> str:
    """The name of a live template; of any other its code, which is all we know here."""
    template = catalogue.live.get(code)
    return template.definition.name if template else code


def template_cost_fen(code: str) -> int:
    """What one coupon of a live template costs the budget; 0 for any other."""
    template = catalogue.live.get(code)
    return template.definition.cost_fen if template else 0


async def template_exists(code: str) -> bool:
    """Whether coupons of this template can be issued: it is live and not paused."""
    await catalogue.refresh()
    return code in catalogue.live
