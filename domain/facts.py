"""What capabilities tell each other. `domain.reactions` says who reacts to which fact, and when."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from domain.events.event import Event


class EventsStored(msgspec.Struct, frozen=True):
    """New events, by customer, inside the transaction that stores them. Reacted to at once, never kept."""

    by_customer: dict[int, list["Event"]]
    linked_customers: set[int]
    """Customers with a refund, or with a purchase whose refund came first: their progress is recomputed."""


class RewardDue(msgspec.Struct, frozen=True):
    """One reward a completion earns: `experience` points, one `coupon` of a template, one `benefit`."""

    kind: str
    target: str | None
    amount: int


class TaskCompleted(msgspec.Struct, frozen=True):
    """A claim met what its task asks, for the `round`-th time."""

    claim_id: int
    round: int
    customer_id: int
    task: str
    name: str
    rewards: list[RewardDue]
    settles_at: datetime


class RewardsSettled(msgspec.Struct, frozen=True):
    """Every reward of a completion was granted, or failed for good."""

    claim_id: int
    round: int
    customer_id: int


class CompletionLost(msgspec.Struct, frozen=True):
    """Refunds took the completion of `round` back."""

    claim_id: int
    round: int
    customer_id: int


class BackfillDue(msgspec.Struct, frozen=True):
    """A task claimed automatically went live: customers after `after_customer` may have done what it asks already."""

    version_id: int
    after_customer: int


class MigrationDue(msgspec.Struct, frozen=True):
    """A version that takes over running claims went live: those after `after_claim` may be on older ones."""

    version_id: int
    after_claim: int


class CouponUsed(msgspec.Struct, frozen=True):
    """A coupon reduced a disbursed loan by `amount_fen`: the core's books must learn of it."""

    coupon_id: int
    loan_id: int
    amount_fen: int


class CouponReleased(msgspec.Struct, frozen=True):
    """A loan came to nothing, perhaps after it was disbursed: its coupon is occupied or used no more."""

    coupon_id: int
    customer_id: int


class BenefitFailed(msgspec.Struct, frozen=True):
    """A benefit that was being issued came to nothing; `source` is what it had been granted for."""

    grant_id: int
    customer_id: int
    source: str
    reason: str


class LevelRisen(msgspec.Struct, frozen=True):
    """A customer rose to a level that has gifts; `period` names the period in which they are given once."""

    customer_id: int
    rank: int
    name: str
    period: str
    gifts: list[RewardDue]


class LevelMoved(msgspec.Struct, frozen=True):
    """A customer's level changed or was renewed, in a table that has standing benefits."""

    customer_id: int


class StandingDue(msgspec.Struct, frozen=True):
    """A level table went live: the standing benefits of customers after `after_customer` may not be its any more."""

    after_customer: int


class IdentityBound(msgspec.Struct, frozen=True):
    """A WeChat identity was bound to a card."""

    identity_id: int
    customer_no: str
    bound_at: datetime


class IdentityUnbound(msgspec.Struct, frozen=True):
    """The last WeChat identity of a customer was taken off their card."""

    identity_id: int
    customer_no: str
    unbound_at: datetime


class AccountFollowed(msgspec.Struct, frozen=True):
    """A WeChat user began to follow the official account (or, `followed` false, ended it)."""

    openid: str
    followed: bool
    at: datetime


class ConfigurationLive(msgspec.Struct, frozen=True):
    """A version of a configuration went live."""

    kind: str
    code: str
    version_id: int


class AudienceEntered(msgspec.Struct, frozen=True):
    """These customers, at most 5,000, are members of a live audience now and were not when it was worked out before."""

    audience: str
    customer_ids: tuple[int, ...]


Fact = (
    EventsStored
    | TaskCompleted
    | RewardsSettled
    | CompletionLost
    | BackfillDue
    | MigrationDue
    | CouponUsed
    | CouponReleased
    | BenefitFailed
    | LevelRisen
    | LevelMoved
    | StandingDue
    | IdentityBound
    | IdentityUnbound
    | AccountFollowed
    | ConfigurationLive
    | AudienceEntered
)
KEPT: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        TaskCompleted,
        CompletionLost,
        BackfillDue,
        MigrationDue,
        CouponUsed,
        CouponReleased,
        BenefitFailed,
        LevelRisen,
        LevelMoved,
        StandingDue,
        IdentityBound,
        IdentityUnbound,
        AccountFollowed,
        ConfigurationLive,
        AudienceEntered,
    )
}
