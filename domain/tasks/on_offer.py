"""What customers of one sort see of the live tasks: worked out once for all of them, as long as it stays so."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from domain import audiences, benefits, campaigns, coupons
from domain.customers import Profile
from domain.tasks import rules
from domain.tasks.catalogue import TaskVersion, catalogue
from domain.tasks.views import RewardView, TaskView, rewards_of

_MOST_SORTS = 2_000
_NEVER = datetime.max.replace(tzinfo=UTC)
_Sort = tuple[str, str | None, int, str, tuple[str, ...], frozenset[str]]
"""Stage, card product, rank and channel, all that `rules.visible` looks at; of the campaigns and audiences that live
tasks name those they take part in and belong to.
"""


@dataclass(frozen=True)
class Offer:
    """What one sort of customers sees; it holds from `made_at` until before `until`."""

    views: tuple[TaskView, ...]
    places: dict[str, int]
    made_at: datetime
    until: datetime

    def still_holds(self, now: datetime) -> bool:
        return self.made_at <= now < self.until

    def without(self, tasks: Iterable[str]) -> list[TaskView]:
        """The views of all other tasks, in order."""
        views = list(self.views)
        for place in sorted((self.places[task] for task in tasks if task in self.places), reverse=True):
            del views[place]
        return views


class OnOffer:
    """Views of tasks a customer has not begun: the same objects for everybody, as long as the live set is the same."""

    def __init__(self) -> None:
        self._made_for = (-1, -1, -1, -1)
        self._views: dict[int, TaskView] = {}
        self._recommended: dict[int, TaskView] = {}
        self._rewards: dict[int, list[RewardView]] = {}
        self._offers: dict[_Sort, Offer] = {}
        self._campaigns: tuple[str, ...] = ()
        self._audiences: frozenset[str] = frozenset()

    def to(self, profile: Profile, rank: int, channel: str, now: datetime) -> Offer:
        """What this customer sees, oldest version first, without what is only for those it is offered to."""
        self._follow_live_set()
        sort = (
            profile.stage,
            profile.card_product,
            rank,
            channel,
            campaigns.admission.joined_by(profile.id, self._campaigns),
            audiences.which(self._audiences, profile.id),
        )
        known = self._offers.get(sort)
        if known is None or not known.still_holds(now):
            if len(self._offers) >= _MOST_SORTS:
                self._offers.clear()
            known = self._offers[sort] = self._offer(profile, rank, channel, now)
        return known

    def recommended(
        self, tasks: Collection[str], profile: Profile, rank: int, channel: str, now: datetime
    ) -> list[TaskView]:
        """Those of `tasks`, which a pool offers to this customer, that they see, oldest version first."""
        self._follow_live_set()
        versions = [catalogue.live[task] for task in tasks if task in catalogue.live]
        return [self._recommend(version) for version in _seen(versions, profile, rank, channel, now)]

    def _follow_live_set(self) -> None:
        live_set = (
            catalogue.revision,
            coupons.catalogue.revision,
            benefits.catalogue.revision,
            campaigns.admission.revision,
        )
        if live_set != self._made_for:
            self._made_for, self._views, self._recommended, self._rewards, self._offers = live_set, {}, {}, {}, {}
            named = [version.definition for version in catalogue.live.values()]
            self._campaigns = tuple(sorted({one.campaign for one in named if one.campaign}))
            self._audiences = frozenset().union(*(one.visible.named for one in named))

    def _recommend(self, version: TaskVersion) -> TaskView:
        known = self._recommended.get(version.id)
        if known is None:
            known = self._recommended[version.id] = msgspec.structs.replace(self._view(version), offered=True)
        return known

    def _offer(self, profile: Profile, rank: int, channel: str, now: datetime) -> Offer:
        for_all = (version for version in catalogue.live.values() if not version.definition.claim.offered_only)
        seen = _seen(for_all, profile, rank, channel, now)
        places = {version.code: place for place, version in enumerate(seen)}
        return Offer(tuple(map(self._view, seen)), places, now, min(map(_over_at, seen), default=_NEVER))

    def rewards(self, version: TaskVersion) -> list[RewardView]:
        """What completing a version of a task earns, by the names things have in the live set."""
        self._follow_live_set()
        known = self._rewards.get(version.id)
        if known is None:
            known = self._rewards[version.id] = rewards_of(version)
        return known

    def _view(self, version: TaskVersion) -> TaskView:
        known = self._views.get(version.id)
        if known is None:
            progress = version.program.progress(version.program.start())
            known = TaskView(version, "available", None, 0, progress, self.rewards(version))
            self._views[version.id] = known
        return known


def _seen(
    versions: Iterable[TaskVersion], profile: Profile, rank: int, channel: str, now: datetime
) -> list[TaskVersion]:
    return [
        version
        for version in sorted(versions, key=lambda version: version.id)
        if version.open_to(profile.id)
        and rules.visible(version.definition, profile, rank, channel)
        and now < _over_at(version)
    ]


def _over_at(version: TaskVersion) -> datetime:
    return version.definition.claim.until or _NEVER


on_offer = OnOffer()
