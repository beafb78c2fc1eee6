"""THE table: which fact makes whom react. At once: in the recording transaction; later: by the relay, in its own."""

from domain import events, exchanges, experience, journeys, rewards, tasks
from domain.facts import (
    AccountFollowed,
    AudienceEntered,
    BackfillDue,
    BenefitFailed,
    CompletionLost,
    ConfigurationLive,
    CouponReleased,
    CouponUsed,
    EventsStored,
    IdentityBound,
    IdentityUnbound,
    LevelMoved,
    LevelRisen,
    MigrationDue,
    RewardsSettled,
    StandingDue,
    TaskCompleted,
)
from domain.outbox import Reactions, react_with

AT_ONCE: Reactions = {
    EventsStored: (tasks.advance, journeys.hear_events),
    TaskCompleted: (journeys.hear_completed,),
    RewardsSettled: (tasks.mark_rewarded,),
}
LATER: Reactions = {
    TaskCompleted: (tasks.tell_completed, rewards.grant, tasks.follow_up),
    CompletionLost: (rewards.claw_back, tasks.withdraw_offers),
    CouponUsed: (rewards.note_used, journeys.hear_used),
    CouponReleased: (rewards.take_released,),
    ConfigurationLive: (tasks.start_backfill, tasks.start_migration),
    BackfillDue: (tasks.backfill,),
    MigrationDue: (tasks.migrate,),
    BenefitFailed: (exchanges.give_back, rewards.note_failed),
    LevelRisen: (rewards.give_gifts,),
    LevelMoved: (experience.hold_standing,),
    StandingDue: (experience.sweep_standing,),
    IdentityUnbound: (events.tell_unbound,),
    IdentityBound: (events.tell_bound, events.tell_known_follower),
    AccountFollowed: (events.tell_followed,),
    AudienceEntered: (journeys.hear_audience,),
}


def install() -> None:
    """Once at start, in every process that changes anything."""
    react_with(at_once=AT_ONCE, later=LATER)
