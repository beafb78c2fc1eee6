"""Campaigns that are open to a white list first: who stands on it, held in memory, asked on every page and claim."""

from collections.abc import Sequence

import msgspec

from domain import approvals
from domain.approvals import LiveCatalogue
from domain.campaigns.definition import CampaignDefinition, Trial
from domain.campaigns.queries import KIND
from kit import database


class Trials(LiveCatalogue):
    """The lists of the campaigns whose last approved version is a trial, also while it is paused and when it has ended:
    only a version without one opens a campaign to all.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lists: dict[str, frozenset[int]] = {}
        self._known: dict[int, frozenset[int]] = {}
        self._ever: frozenset[str] = frozenset()

    async def load(self, revision: int) -> None:
        """Read the lists that were not held yet."""
        lists: dict[str, frozenset[int]] = {}
        known: dict[int, frozenset[int]] = {}
        for version in await approvals.last_live(KIND):
            trial = msgspec.convert(version.body, CampaignDefinition).trial
            if trial is not None:
                members = self._known.get(version.id) or await _members(trial)
                lists[version.code] = known[version.id] = members
        self._ever = frozenset(await _ever_on_trial())
        self._lists, self._known = lists, known

    def admits(self, campaign: str | None, customer_id: int) -> bool:
        """Whether what belongs to `campaign` is there for this customer."""
        if campaign is None or not self._lists:
            return True
        members = self._lists.get(campaign)
        return members is None or customer_id in members

    def joined_by(self, customer_id: int) -> tuple[str, ...]:
        """The campaigns on trial this customer takes part in: customers with the same ones see the same."""
        return tuple(campaign for campaign, members in self._lists.items() if customer_id in members)

    def ever_on_trial(self, campaign: str | None) -> bool:
        """Whether some customers could not see what belongs to `campaign` for a while, or cannot yet."""
        return campaign in self._ever


async def _ever_on_trial() -> list[str]:
    rows = await database.fetch(
        """SELECT DISTINCT code FROM configuration
           WHERE kind = $1 AND live_at IS NOT NULL AND jsonb_typeof(body -> 'trial') = 'object'""",
        KIND,
    )
    return [row[0] for row in rows]


async def _members(trial: Trial) -> frozenset[int]:
    rows = await database.fetch(
        """SELECT unnest(customer_ids) FROM audience_file_set WHERE file_id = ANY($1::bigint[])
           UNION SELECT id FROM customer WHERE customer_no = ANY($2::text[])""",
        [int(file) for file in trial.audience_files],
        trial.customers,
    )
    return frozenset(row[0] for row in rows)


async def size_of(trial: Trial) -> int:
    """How many customers stand on its list."""
    return len(await _members(trial))


async def unknown_of(trial: Trial) -> tuple[Sequence[int], Sequence[int]]:
    """At which places of its files, and of its customers, nobody is known."""
    files = await database.fetch(
        "SELECT id FROM audience_file WHERE id = ANY($1::bigint[])", [int(file) for file in trial.audience_files]
    )
    customers = await database.fetch(
        "SELECT customer_no FROM customer WHERE customer_no = ANY($1::text[])", trial.customers
    )
    known_files, known_numbers = {str(row[0]) for row in files}, {row[0] for row in customers}
    return (
        [place for place, file in enumerate(trial.audience_files) if str(int(file)) not in known_files],
        [place for place, number in enumerate(trial.customers) if number not in known_numbers],
    )


trials = Trials()
