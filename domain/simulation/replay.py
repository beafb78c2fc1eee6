"""A task, laid over recorded days, that customers are played through one after the other."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from domain.customers import Profile
from domain.simulation.rules import would_claim
from domain.simulation.run import Played, Run
from domain.simulation.story import Story
from domain.tasks import rules
from domain.tasks.catalogue import TaskVersion


@dataclass(frozen=True)
class Terms:
    """From when until before when is played, and how those claim who have to."""

    begins: datetime
    ends: datetime
    share: Decimal
    at_first_match: bool


class Replay:
    """A version that went live when the recorded days begin; plays one customer after the other."""

    def __init__(self, version: TaskVersion, terms: Terms) -> None:
        self.version, self.terms = version, terms
        self.listened = frozenset(leaf.item.event_type for leaf in version.program.leaves)
        self.starts = tuple(_starts(version, terms)) if self.by_hand and not terms.at_first_match else ()

    @property
    def by_hand(self) -> bool:
        """Whether customers have to claim."""
        return not self.version.definition.claim.automatic

    def seen_by(self, profile: Profile, rank: int) -> bool:
        """Whether this customer would see the task, as they are today."""
        return self.version.open_to(profile.id) and rules.visible(self.version.definition, profile, rank, None)

    def play(self, profile: Profile, rank: int, story: Story) -> list[Played]:
        """The claims of a customer who sees the task."""
        if self.by_hand and not would_claim(self.version.code, profile.id, self.terms.share):
            return []
        run = Run(self.version, profile, rank, story, self.terms.at_first_match)
        run.through(self.terms.begins, self.starts)
        return run.outcomes(self.terms.ends)


def _starts(version: TaskVersion, terms: Terms) -> Iterator[datetime]:
    """When those who claim at once do so: at the beginning, then of each cycle."""
    definition, moment = version.definition, terms.begins
    while moment < terms.ends and rules.not_over(definition, moment):
        _, following = rules.cycle_bounds(definition, moment)
        first = max(moment, definition.claim.from_ or moment)
        if first < min(following, terms.ends) and rules.in_claim_window(definition, first):
            yield first
        moment = following
