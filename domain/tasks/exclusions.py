"""Purchases at certain kinds of merchants count for no task: a versioned table, judged by when they happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from domain import approvals
from domain.approvals import LiveCatalogue, State, Version
from domain.events import Event
from domain.tasks.conditions import Netted, net
from domain.tasks.exclusion_table import CODE, KIND, ExclusionTable

_NEVER = datetime.max.replace(tzinfo=UTC)
_SUBJECT = ("purchase", "refund", "reversal", "chargeback")


@dataclass(frozen=True)
class _InForce:
    begins: datetime
    ends: datetime
    reason: str


class Exclusions(LiveCatalogue):
    """What every version that ever was in force excluded, by MCC; empty while there is no table."""

    def __init__(self) -> None:
        super().__init__()
        self._by_mcc: dict[str, list[_InForce]] = {}

    async def load(self, revision: int) -> None:
        """Decode every version that ever was in force."""
        self._by_mcc = _in_force(await approvals.ever_live(KIND, CODE))

    def why_excluded(self, event: Event) -> str | None:
        """The reason the table gives for a purchase, or what takes one back, that counts for nothing."""
        periods = self._by_mcc.get(event.mcc) if event.mcc is not None else None
        if periods is None or event.type not in _SUBJECT:
            return None
        return next((one.reason for one in periods if one.begins <= event.occurred_at < one.ends), None)

    def worth(self, events: Sequence[Event]) -> Netted:
        """What events are worth, net of what was taken back, without what is excluded."""
        netted = net(events)
        if not self._by_mcc:
            return netted
        counted = [one for one in netted.counted if self.why_excluded(one[0]) is None]
        unlinked = [one for one in netted.unlinked if self.why_excluded(one[0]) is None]
        return Netted(counted, unlinked)


def _in_force(versions: Sequence[Version]) -> dict[str, list[_InForce]]:
    """Each version is in force from its approval, or from the later day it names, until the next one is or it ends."""
    found: dict[str, list[_InForce]] = {}
    ends = _NEVER
    for version in reversed(versions):
        table = msgspec.convert(version.body, ExclusionTable)
        begins = max(moment for moment in (version.live_at, table.effective_from) if moment is not None)
        over = version.ended_at if version.state == State.ENDED and version.ended_at else _NEVER
        until = min(ends, over)
        if begins < until:
            for excluded in table.mccs:
                found.setdefault(excluded.mcc, []).append(_InForce(begins, until, excluded.reason))
        ends = min(ends, begins)
    return found


exclusions = Exclusions()
