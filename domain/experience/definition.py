"""A level table as operators write it."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from domain.facts import RewardDue

Name = Annotated[str, Meta(min_length=1, max_length=32)]
Words = Annotated[str, Meta(min_length=1, max_length=100)]
Code = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")]
Points = Annotated[int, Meta(ge=1, le=10**9)]
Picture = Literal["level", "experience", "gift", "bolt", "card", "coupon", "wallet", "sprout"]


class Gift(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What rising earns: exactly one of experience points, a coupon template, a benefit."""

    experience: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    coupon: Code | None = None
    benefit: Code | None = None

    def due(self) -> RewardDue:
        """The gift as whoever gives it takes it."""
        if self.experience is not None:
            return RewardDue("experience", None, self.experience)
        return RewardDue("coupon", self.coupon, 1) if self.coupon is not None else RewardDue("benefit", self.benefit, 1)


class Level(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One level: reached with `threshold` points of experience, kept by earning `keep` within each period.

    What its holders have as long as they hold it: `benefits` in words, `standing` as benefits, granted once a period.
    `gifts` are what they get for rising to it.
    """

    rank: Annotated[int, Meta(ge=0, le=99)]
    name: Name
    threshold: Annotated[int, Meta(ge=0, le=10**12)]
    benefits: Annotated[list[Words], Meta(max_length=20)] = []
    standing: Annotated[list[Code], Meta(max_length=20)] = []
    gifts: Annotated[list[Gift], Meta(max_length=10)] = []
    keep: Points | None = None
    picture: Picture = "level"


class Validity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long a level holds before it is judged: periods of `months` from the day the customer's account began, or
    calendar years (`until`: `year_end`).
    """

    months: Annotated[int, Meta(ge=1, le=36)] | None = None
    until: Literal["year_end"] | None = None


class LevelMessages(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The message templates that tell of a level reached, and of one lost."""

    risen: Code | None = None
    fallen: Code | None = None


class LevelTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The document behind `PUT /admin/v1/level-tables/{code}`. Without `validity` a level holds as long as the balance
    does. `fall` says how far one falls who has not kept a level: one level, or to the highest one that was kept.
    """

    name: Name
    levels: Annotated[list[Level], Meta(min_length=1, max_length=50)]
    validity: Validity | None = None
    fall: Literal["one", "to_kept"] = "one"
    messages: LevelMessages = LevelMessages()

    @property
    def has_standing(self) -> bool:
        """Whether any level has standing benefits."""
        return any(level.standing for level in self.levels)
