"""The white list a campaign is open to first: what its document names, what imports made of that, an audience."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain import audiences
from domain.campaigns.definition import Trial
from kit import database

MOST_LISTED = 100_000
"""Every process holds in memory who is named; of an audience only the bitmap, which it has anyway."""


@dataclass(frozen=True)
class WhiteList:
    """`named` without those who were `struck` by an import; so is the `audience`."""

    named: frozenset[int]
    struck: frozenset[int]
    audience: str | None

    def has(self, customer_id: int) -> bool:
        """Whether this customer stands on it."""
        if customer_id in self.named:
            return True
        of_audience = self.audience is not None and audiences.contains(self.audience, customer_id)
        return of_audience and customer_id not in self.struck


async def white_list(campaign: str, trial: Trial) -> WhiteList:
    """The list of a campaign whose document says `trial`."""
    [row] = await database.fetch(
        """WITH named AS (
             SELECT unnest(customer_ids) AS id FROM audience_file_set WHERE file_id = ANY($1::bigint[])
             UNION SELECT id FROM customer WHERE customer_no = ANY($2::text[])
             UNION SELECT unnest(listed) FROM trial_list WHERE campaign = $3),
           struck AS (SELECT unnest(struck) AS id FROM trial_list WHERE campaign = $3)
           SELECT array(SELECT id FROM named EXCEPT SELECT id FROM struck), array(SELECT id FROM struck)""",
        [int(file) for file in trial.audience_files],
        trial.customers,
        campaign,
    )
    return WhiteList(frozenset(row[0]), frozenset(row[1]), trial.audience)


async def changes() -> dict[str, int]:
    """How often imports have changed the list of each campaign; of those they never did none."""
    return {row[0]: row[1] for row in await database.fetch("SELECT campaign, changes FROM trial_list")}


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
