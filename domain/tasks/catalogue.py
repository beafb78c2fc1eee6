"""Every task version this process has to know, compiled once, and the index from an event to what it could touch."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from domain import approvals, audiences, campaigns
from domain.approvals import LiveCatalogue, Version
from domain.events import Event
from domain.tasks.conditions import Leaf, Program, compile_content
from domain.tasks.definition import TaskDefinition
from domain.tasks.exclusions import exclusions


@dataclass(frozen=True)
class TaskVersion:
    """One version of a task, ready to evaluate."""

    id: int
    code: str
    number: int
    live_at: datetime
    definition: TaskDefinition
    program: Program

    def open_to(self, customer_id: int) -> bool:
        """Whether its campaign is there for this customer, and they are among those it is for."""
        seen_by = self.definition.visible
        return campaigns.admission.admits(self.definition.campaign, customer_id) and audiences.reaches(
            seen_by.audience, seen_by.exclude, customer_id
        )

    def candidates(self, event: Event) -> list["Candidate"]:
        """The conditions of this version an event could count for, by its type."""
        return [(self, leaf) for leaf in self.program.leaves if leaf.item.event_type == event.type]


Candidate = tuple[TaskVersion, Leaf]


@dataclass(frozen=True, eq=False)
class Heard:
    """Who hears of events of one type and MCC: the conditions, those of them that may open a claim by themselves, and
    the versions they are of.
    """

    conditions: tuple[Candidate, ...]
    opening: tuple[Candidate, ...]
    version_ids: tuple[int, ...]


NOBODY = Heard((), (), ())


class Catalogue(LiveCatalogue):
    """The live tasks, and older versions as long as claims run on them."""

    def __init__(self) -> None:
        super().__init__()
        self.live: dict[str, TaskVersion] = {}
        self._versions: dict[int, TaskVersion] = {}
        self._index: dict[str, dict[str | None, list[Candidate]]] = {}
        self._heard: dict[tuple[str, str | None], Heard] = {}

    async def load(self, revision: int) -> None:
        """Decode what is live and was not held yet."""
        await campaigns.admission.follow(revision)
        live = await approvals.live("tasks")
        old = [v for v in self._versions.values() if v.code not in {version.code for version in live}]
        fresh = [self._versions.get(v.id) or compiled(v) for v in live]
        self.live = {version.code: version for version in fresh}
        self._versions = {v.id: v for v in (*self._versions.values(), *old, *fresh)}
        self._reindex()
        await exclusions.follow(revision)

    async def know(self, version_ids: Iterable[int]) -> None:
        """Load the versions claims run on that are not live any more."""
        missing = [version_id for version_id in set(version_ids) if version_id not in self._versions]
        if missing:
            for version in await approvals.versions(missing):
                # Whoever loaded the live ones meanwhile has put it there: one version is one object.
                self._versions.setdefault(version.id, compiled(version))
            self._reindex()

    def version(self, version_id: int) -> TaskVersion:
        """A version that is live or was made known."""
        return self._versions[version_id]

    def heard(self, event: Event) -> Heard:
        """Who could hear of an event, by its type and MCC."""
        by_mcc = self._index.get(event.type)
        if by_mcc is None:
            return NOBODY
        mcc = event.mcc if event.mcc in by_mcc else None
        known = self._heard.get((event.type, mcc))
        if known is None:
            known = self._heard[event.type, mcc] = self._hearing(by_mcc, mcc)
        return known

    def candidates(self, event: Event) -> Sequence[Candidate]:
        """The conditions an event could count for."""
        return self.heard(event).conditions

    def known_ids(self) -> list[int]:
        """The versions that `heard` looks through."""
        return list(self._versions)

    def _hearing(self, by_mcc: Mapping[str | None, list[Candidate]], mcc: str | None) -> Heard:
        found = (*(by_mcc[mcc] if mcc is not None else ()), *by_mcc.get(None, ()))
        opening = tuple(one for one in found if one[0].definition.claim.automatic and self.is_live(one[0]))
        return Heard(found, opening, tuple(dict.fromkeys(version.id for version, _ in found)))

    def is_live(self, version: TaskVersion) -> bool:
        """Whether new claims run on this version."""
        live = self.live.get(version.code)
        return live is not None and live.id == version.id

    def _reindex(self) -> None:
        index: dict[str, dict[str | None, list[Candidate]]] = {}
        for version in self._versions.values():
            for leaf in version.program.leaves:
                by_mcc = index.setdefault(leaf.item.event_type, {})
                for mcc in leaf.mccs or (None,):
                    by_mcc.setdefault(mcc, []).append((version, leaf))
        self._index, self._heard = index, {}


def compiled(version: Version) -> TaskVersion:
    """A stored version, decoded and compiled."""
    definition = msgspec.convert(version.body, TaskDefinition)
    live_at = version.live_at or version.created_at
    return TaskVersion(
        version.id, version.code, version.version, live_at, definition, compile_content(definition.content)
    )


catalogue = Catalogue()


def decode_states(text: str) -> list[Any]:
    """The `progress` column."""
    states: list[Any] = msgspec.json.decode(text)
    return states
