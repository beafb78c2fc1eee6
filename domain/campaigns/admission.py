"""Who takes part in campaigns: those of its audience, and first those on its white list. Held in memory, asked on every
page and claim.
"""

from collections.abc import Collection
from dataclasses import dataclass

import msgspec

from domain import approvals, audiences
from domain.approvals import LiveCatalogue
from domain.campaigns.definition import CampaignDefinition
from domain.campaigns.queries import KIND
from domain.campaigns.white_list import WhiteList, changes, white_list
from kit import database


@dataclass(frozen=True)
class _Terms:
    """Of a campaign that is not for everybody; its list is that of a document and of so many changes by imports."""

    audience: str | None
    list: WhiteList | None
    version_id: int
    changes: int

    def admit(self, customer_id: int) -> bool:
        return audiences.reaches(self.audience, None, customer_id) and (self.list is None or self.list.has(customer_id))


class Admission(LiveCatalogue):
    """The audiences and white lists of the last approved versions of campaigns, also while one is paused and when it
    has ended: only a version without them opens a campaign to all.
    """

    def __init__(self) -> None:
        super().__init__()
        self._terms: dict[str, _Terms] = {}
        self._ever: frozenset[str] = frozenset()

    async def load(self, revision: int) -> None:
        """Read the lists that were not held yet, or were changed."""
        await audiences.catalogue.follow(revision)
        changed = await changes()
        terms: dict[str, _Terms] = {}
        for version in await approvals.last_live(KIND):
            definition = msgspec.convert(version.body, CampaignDefinition)
            if definition.audience is None and definition.trial is None:
                continue
            held, stamp = self._terms.get(version.code), changed.get(version.code, 0)
            if held is None or (held.version_id, held.changes) != (version.id, stamp):
                listed = await white_list(version.code, definition.trial) if definition.trial else None
                held = _Terms(definition.audience, listed, version.id, stamp)
            terms[version.code] = held
        self._ever = frozenset(await _ever_restricted())
        self._terms = terms

    def admits(self, campaign: str | None, customer_id: int) -> bool:
        """Whether what belongs to `campaign` is there for this customer."""
        terms = self._terms.get(campaign) if campaign is not None else None
        return terms is None or terms.admit(customer_id)

    def joined_by(self, customer_id: int, campaigns: Collection[str]) -> tuple[str, ...]:
        """Which of these campaigns are not for everybody, but for this customer: customers with the same ones see the
        same.
        """
        return tuple(one for one in campaigns if one in self._terms and self._terms[one].admit(customer_id))

    def ever_restricted(self, campaign: str | None) -> bool:
        """Whether some customers could not see what belongs to `campaign` for a while, or cannot yet."""
        return campaign in self._ever


async def _ever_restricted() -> list[str]:
    rows = await database.fetch(
        """SELECT DISTINCT code FROM configuration
           WHERE kind = $1 AND live_at IS NOT NULL
             AND (jsonb_typeof(body -> 'trial') = 'object' OR body ->> 'audience' IS NOT NULL)""",
        KIND,
    )
    return [row[0] for row in rows]


admission = Admission()
