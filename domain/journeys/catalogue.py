"""Every version of a journey this process has to know, and the index from what happens to what it could mean."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from domain import approvals, campaigns
from domain.approvals import LiveCatalogue, State, Version
from domain.events import Event
from domain.journeys.definition import Goal, JourneyDefinition, Step, Trigger, WaitFor, Where
from domain.journeys.graph_rules import on_circles
from domain.journeys.rules import key_of
from domain.scopes import compile_scope

KIND = "journeys"
Fits = Callable[[Event], bool]


@dataclass(frozen=True)
class JourneyVersion:
    """One version, ready to run; `loops` names the steps a run may come by twice."""

    id: int
    code: str
    number: int
    branch: str
    live_at: datetime
    definition: JourneyDefinition
    loops: frozenset[str]
    entry_fits: Fits
    goal_fits: Fits
    wait_fits: dict[str, Fits] = field(default_factory=dict)

    def step(self, code: str) -> Step:
        """One of its steps."""
        return self.definition.steps[code]

    def open_to(self, customer_id: int) -> bool:
        """Whether its campaign is there for this customer."""
        return campaigns.admission.admits(self.definition.campaign, customer_id)


class JourneyCatalogue(LiveCatalogue):
    """The live journeys, the paused ones, and the versions before on which runs may still be."""

    def __init__(self) -> None:
        super().__init__()
        self.live: dict[str, JourneyVersion] = {}
        self.standing: frozenset[str] = frozenset()
        """The codes of those that are live or paused."""
        self.entries: dict[str, list[JourneyVersion]] = {}
        """By what lets customers in (`event:purchase`), the live journeys."""
        self.awaited: frozenset[str] = frozenset()
        """What some step waits for."""
        self.goals: frozenset[str] = frozenset()
        """What some journey is for."""
        self._versions: dict[int, JourneyVersion] = {}

    async def load(self, revision: int) -> None:
        """Decode what was not held yet."""
        await campaigns.admission.follow(revision)
        stored = await approvals.in_states(KIND, (State.LIVE, State.PAUSED, State.SUPERSEDED))
        self.standing = frozenset(one.code for one in stored if one.state != State.SUPERSEDED)
        running = [self._versions.get(one.id) or compiled(one) for one in stored if one.code in self.standing]
        live = {one.id for one in stored if one.state == State.LIVE}
        self._versions |= {version.id: version for version in running}
        self.live = {version.code: version for version in running if version.id in live}
        self.entries = {}
        for version in self.live.values():
            if key := key_of(version.definition.trigger):
                self.entries.setdefault(key, []).append(version)
        steps = [step for version in running for step in version.definition.steps.values()]
        self.awaited = frozenset(key for step in steps if isinstance(step, WaitFor) and (key := key_of(step)))
        self.goals = frozenset(key for version in running if (key := key_of(version.definition.goal)))

    @property
    def deaf(self) -> bool:
        """Whether nothing at all could mean anything to anybody."""
        return not (self.entries or self.awaited or self.goals)

    def hears(self, key: str) -> bool:
        """Whether anything of this sort could mean anything to anybody."""
        return key in self.entries or key in self.awaited or key in self.goals

    async def know(self, version_ids: Iterable[int]) -> None:
        """Load versions that are not held."""
        missing = [version_id for version_id in set(version_ids) if version_id not in self._versions]
        for version in await approvals.versions(missing) if missing else []:
            self._versions.setdefault(version.id, compiled(version))

    def version(self, version_id: int) -> JourneyVersion:
        """A version that is live or was made known."""
        return self._versions[version_id]


def compiled(version: Version) -> JourneyVersion:
    """A stored version, decoded and compiled."""
    definition = msgspec.convert(version.body, JourneyDefinition)
    return JourneyVersion(
        version.id,
        version.code,
        version.version,
        version.branch,
        version.live_at or version.created_at,
        definition,
        frozenset(on_circles(definition.steps)),
        _fits(definition.trigger),
        _fits(definition.goal),
        {code: _fits(step) for code, step in definition.steps.items() if isinstance(step, WaitFor)},
    )


def _fits(asked: Trigger | Goal | WaitFor | None) -> Fits:
    where: Where | None = asked.where if asked else None
    if not where:
        return lambda _event: True
    scope = compile_scope(where)
    return lambda event: scope(event, event.amount_fen)


catalogue = JourneyCatalogue()


def live_versions() -> Sequence[JourneyVersion]:
    """Every journey that is live, by code."""
    return [version for _, version in sorted(catalogue.live.items())]
