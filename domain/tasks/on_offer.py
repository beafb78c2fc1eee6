"""What customers of one sort see of the live tasks: worked out once for all of them, as long as it stays so."""

from dataclasses import dataclass
from datetime import UTC, datetime

from domain import benefits, coupons
from domain.customers import Profile
from domain.tasks import rules
from domain.tasks.catalogue import TaskVersion, catalogue
from domain.tasks.views import TaskView, rewards_of

_MOST_SORTS = 2_000
_NEVER = datetime.max.replace(tzinfo=UTC)
_Sort = tuple[str, str | None, int, str]
"""Stage, card product, rank and channel: all that `rules.visible` looks at."""


@dataclass(frozen=True)
class _Offer:
    views: tuple[TaskView, ...]
    made_at: datetime
    until: datetime

    def still_holds(self, now: datetime) -> bool:
        return self.made_at <= now < self.until


class OnOffer:
    """Views of tasks a customer has not begun: the same objects for everybody, as long as the live set is the same."""

    def __init__(self) -> None:
        self._made_for = (-1, -1, -1)
        self._views: dict[int, TaskView] = {}
        self._offers: dict[_Sort, _Offer] = {}

    def to(self, profile: Profile, rank: int, channel: str, now: datetime) -> tuple[TaskView, ...]:
        """What this customer sees, oldest version first."""
        live_set = (catalogue.revision, coupons.catalogue.revision, benefits.catalogue.revision)
        if live_set != self._made_for:
            self._made_for, self._views, self._offers = live_set, {}, {}
        sort = profile.stage, profile.card_product, rank, channel
        known = self._offers.get(sort)
        if known is None or not known.still_holds(now):
            if len(self._offers) >= _MOST_SORTS:
                self._offers.clear()
            known = self._offers[sort] = self._offer(profile, rank, channel, now)
        return known.views

    def _offer(self, profile: Profile, rank: int, channel: str, now: datetime) -> _Offer:
        seen = [
            version
            for version in sorted(catalogue.live.values(), key=lambda version: version.id)
            if rules.visible(version.definition, profile, rank, channel) and now < _over_at(version)
        ]
        return _Offer(tuple(map(self._view, seen)), now, min(map(_over_at, seen), default=_NEVER))

    def _view(self, version: TaskVersion) -> TaskView:
        known = self._views.get(version.id)
        if known is None:
            progress = version.program.progress(version.program.start())
            known = TaskView(version, "available", None, 0, progress, rewards_of(version))
            self._views[version.id] = known
        return known


def _over_at(version: TaskVersion) -> datetime:
    return version.definition.claim.until or _NEVER


on_offer = OnOffer()
