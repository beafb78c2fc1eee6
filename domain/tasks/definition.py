"""A task as operators write it. Its content is `conditions.schema.Node`."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from domain.facts import RewardDue
from domain.tasks.conditions import Node

Name = Annotated[str, Meta(min_length=1, max_length=64)]
Words = Annotated[str, Meta(max_length=500)]
Code = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")]
Stage = Literal["base", "payer", "wealth", "credit"]


class Visible(msgspec.Struct, forbid_unknown_fields=True):
    """Who sees the task: those of `audience`, not those of `exclude`; an empty list asks for nothing."""

    audience: Code | None = None
    exclude: Code | None = None
    card_products: list[Name] = []
    channels: list[Name] = []
    min_level: Annotated[int, Meta(ge=0, le=100)] = 0
    stages: list[Stage] = []

    @property
    def named(self) -> frozenset[str]:
        """The audiences it looks at."""
        return frozenset(code for code in (self.audience, self.exclude) if code)


class ClaimTerms(msgspec.Struct, forbid_unknown_fields=True):
    """How and when it is claimed. `auto` is another word for `automatic`; `offered` is claimed by hand, but only by
    those to whom a pool offered it, or claimed for them as a follow-up.
    """

    mode: Literal["manual", "automatic", "auto", "offered"] = "manual"
    from_: datetime | None = msgspec.field(default=None, name="from")
    until: datetime | None = None
    places: Annotated[int, Meta(ge=1, le=100_000_000)] | None = None
    cycle: Literal["once", "daily", "weekly", "monthly"] = "once"
    times: Annotated[int, Meta(ge=1, le=100)] = 1
    days_to_finish: Annotated[int, Meta(ge=1, le=3660)] | None = None

    @property
    def automatic(self) -> bool:
        """Whether the customer need not claim."""
        return self.mode in ("automatic", "auto")

    @property
    def offered_only(self) -> bool:
        """Whether nobody sees it but those it was offered to."""
        return self.mode == "offered"


class Reward(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Exactly one of experience points, a coupon template, a benefit."""

    experience: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    coupon: Code | None = None
    benefit: Code | None = None


def reward_due(reward: Reward) -> RewardDue:
    """A reward as whoever gives it takes it."""
    if reward.experience is not None:
        return RewardDue("experience", None, reward.experience)
    return (
        RewardDue("coupon", reward.coupon, 1) if reward.coupon is not None else RewardDue("benefit", reward.benefit, 1)
    )


class Expiring(msgspec.Struct, forbid_unknown_fields=True):
    """A reminder this many hours before a claim expires."""

    hours: Annotated[int, Meta(ge=1, le=720)]
    template: Code


class Messages(msgspec.Struct, forbid_unknown_fields=True):
    """Message templates by occasion."""

    claimed: Code | None = None
    expiring: Expiring | None = None
    completed: Code | None = None
    rewarded: Code | None = None


class FollowUpRule(msgspec.Struct, forbid_unknown_fields=True):
    """One rule of a pool, or the next step of a chain. `when` is read by `follow_when`; a pool offers unless told
    otherwise, a chain claims.
    """

    task: Code
    when: dict[str, Any] = {}
    claim: Literal["automatic", "offer"] | None = None
    message: Code | None = None


class FollowUps(msgspec.Struct, forbid_unknown_fields=True):
    """What comes after completion: the one next step of a chain, or a pool whose rules are taken in order."""

    mode: Literal["chain", "pool"]
    open_offers: Annotated[int, Meta(ge=1, le=20)] | None = None
    rules: list[FollowUpRule] = []

    @property
    def most_open(self) -> int:
        """How many offers of this pool one customer may have open."""
        return self.open_offers or 3

    def claims(self, rule: FollowUpRule) -> bool:
        """Whether the rule claims for the customer instead of offering."""
        return self.mode == "chain" or rule.claim == "automatic"


class Clawback(msgspec.Struct, forbid_unknown_fields=True):
    """What happens when a reward has to be taken back that was used already: operators are told (`report`), it is
    forgiven (`write_off`), or later rewards pay for it (`deduct`).
    """

    used: Literal["report", "write_off", "deduct"] = "report"


class TaskDefinition(msgspec.Struct, forbid_unknown_fields=True):
    """The document behind `PUT /admin/v1/tasks/{code}`.

    `running_claims` says what becomes of the claims that run on the version before when this one goes live.
    """

    name: Name
    kind: Literal["newcomer", "daily", "growth"]
    content: Node
    campaign: Code | None = None
    summary: Words = ""
    description: Annotated[str, Meta(max_length=4000)] = ""
    visible: Visible = msgspec.field(default_factory=Visible)
    claim: ClaimTerms = msgspec.field(default_factory=ClaimTerms)
    rewards: Annotated[list[Reward], Meta(max_length=20)] = []
    settle_after_days: Annotated[int, Meta(ge=0, le=365)] = 0
    running_claims: Literal["stay", "migrate"] = "stay"
    clawback: Clawback = msgspec.field(default_factory=Clawback)
    follow_ups: FollowUps | None = None
    messages: Messages | None = None
