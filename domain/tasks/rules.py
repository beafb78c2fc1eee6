"""Who may claim what, when, and until when. Pure: the present moment is an argument."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from domain.customers import Profile
from domain.tasks.conditions import Leaf, Span
from domain.tasks.conditions.periods import end_of_period, period, start_of_period
from domain.tasks.definition import TaskDefinition, Visible
from kit import clock
from kit.errors import Conflict, DomainError, Fault, NotFound

_CALENDAR = {"daily": "day", "weekly": "week", "monthly": "month"}
ONCE = "once"
_EVER, _NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_ANY_SPAN = Span(_EVER, None)


def cycle_of(definition: TaskDefinition, instant: datetime) -> str:
    """The cycle a claim made at `instant` belongs to: `once`, `2026-11-22`, `2026-W47`, `2026-11`."""
    calendar = _CALENDAR.get(definition.claim.cycle)
    return period(calendar, instant) if calendar else ONCE


def present_cycles(now: datetime) -> list[str]:
    """The cycle of `now` of every sort."""
    return _cycles_of(clock.business_day(now))


@lru_cache(maxsize=8)
def _cycles_of(day: date) -> list[str]:
    noon = clock.start_of_day(day) + timedelta(hours=12)
    return [ONCE, *(period(calendar, noon) for calendar in _CALENDAR.values())]


def cycle_bounds(definition: TaskDefinition, instant: datetime) -> tuple[datetime, datetime]:
    """When the cycle of `instant` began and when the next one begins."""
    calendar = _CALENDAR.get(definition.claim.cycle)
    if calendar is None:
        return _EVER, _NEVER
    return start_of_period(calendar, instant), end_of_period(calendar, instant)


def automatic_span(
    definition: TaskDefinition, live_at: datetime, instant: datetime
) -> tuple[datetime, datetime | None]:
    """When a claim nobody makes by hand begins and ends, for an event at `instant`.

    It begins when the task could first be claimed in that cycle, never when the event happened to be told, so the
    order of delivery cannot matter.
    """
    calendar = _CALENDAR.get(definition.claim.cycle)
    begins = definition.claim.from_ or live_at
    if calendar:
        begins = max(begins, start_of_period(calendar, instant))
    return begins, expiry(definition, begins)


def expiry(definition: TaskDefinition, claimed_at: datetime) -> datetime | None:
    """After the days to finish; a claim of a cycle without them ends with its cycle; else never."""
    if definition.claim.days_to_finish is not None:
        return claimed_at + timedelta(days=definition.claim.days_to_finish)
    calendar = _CALENDAR.get(definition.claim.cycle)
    return end_of_period(calendar, claimed_at) if calendar else None


def remind_at(definition: TaskDefinition, claimed_at: datetime, expires_at: datetime | None) -> datetime | None:
    """When to remind of a claim, if the task asks for it; of one that is claimed later than that nobody is reminded."""
    if expires_at is None or definition.messages is None or definition.messages.expiring is None:
        return None
    moment = expires_at - timedelta(hours=definition.messages.expiring.hours)
    return moment if moment > claimed_at else None


def visible(definition: TaskDefinition, profile: Profile, rank: int, channel: str | None) -> bool:
    """Whether this customer sees the task; `channel` is None where no page is involved."""
    terms = definition.visible
    return (
        (not terms.card_products or profile.card_product in terms.card_products)
        and (not terms.stages or profile.stage in terms.stages)
        and (channel is None or not terms.channels or channel in terms.channels)
        and rank >= terms.min_level
    )


def in_claim_window(definition: TaskDefinition, instant: datetime) -> bool:
    """Whether the task may be claimed at `instant`."""
    terms = definition.claim
    return (terms.from_ is None or terms.from_ <= instant) and (terms.until is None or instant < terms.until)


def not_over(definition: TaskDefinition, instant: datetime) -> bool:
    """Whether the task may be claimed at `instant` or later."""
    return definition.claim.until is None or instant < definition.claim.until


def automatically_claimable(
    definition: TaskDefinition, live_at: datetime, occurred_at: datetime, now: datetime, lateness: timedelta
) -> bool:
    """Whether an event may still bring about a claim: the window is open, or was when it happened and not long ago.

    A cycle that was over before the task could first be claimed has no claim.
    """
    begins, _ = automatic_span(definition, live_at, occurred_at)
    if cycle_of(definition, begins) != cycle_of(definition, occurred_at):
        return False
    if in_claim_window(definition, now):
        return True
    until = definition.claim.until
    return in_claim_window(definition, occurred_at) and until is not None and now < until + lateness


def may_have_missed(definition: TaskDefinition, looks_back: bool, now: datetime) -> bool:
    """Whether events may count for a new automatic claim that were told before one opened it.

    An event that counts opens the claim itself, but not that of another cycle, nor one of a task that could not be
    claimed at the time or was not seen.
    """
    terms = definition.claim
    reaches_other_cycles = terms.cycle != ONCE and (looks_back or terms.days_to_finish is not None)
    was_not_open = (looks_back and terms.from_ is not None) or (terms.until is not None and now >= terms.until)
    return reaches_other_cycles or was_not_open or definition.visible != Visible()


def beyond_life(definition: TaskDefinition, leaves: Sequence[Leaf]) -> list[Fault]:
    """Conditions no claim lives long enough for: more days than it has, or dates after the end of the last one."""
    found: list[Fault] = []
    room, last_end = _days_of_life(definition), _end_of_last_claim(definition)
    for leaf in leaves:
        if leaf.window.name == "claim" and leaf.item.unit == "days" and room is not None and leaf.target > room:
            detail = f"a claim sees only {room} days"
            found.append(Fault(f"{leaf.path}.at_least", "condition.impossible", detail))
        if leaf.window.name == "dates" and last_end is not None and leaf.window.begins(_ANY_SPAN) >= last_end:
            detail = "begins when no claim lives any more"
            found.append(Fault(f"{leaf.path}.window.from", "condition.impossible", detail))
    return found


def _days_of_life(definition: TaskDefinition) -> int | None:
    """The most calendar days a claim can touch; one that begins during a day touches one more than it lasts."""
    terms = definition.claim
    if terms.days_to_finish is not None:
        return terms.days_to_finish + 1
    return {"daily": 1, "weekly": 7, "monthly": 31}.get(terms.cycle)


def _end_of_last_claim(definition: TaskDefinition) -> datetime | None:
    until = definition.claim.until
    return None if until is None else expiry(definition, until - timedelta(microseconds=1))


def why_not_claimable(
    definition: TaskDefinition, profile: Profile, rank: int, channel: str | None, now: datetime, offered: bool = False
) -> DomainError | None:
    """The refusal a claim by hand would meet, leaving places and cycles aside. `offered`: a pool offers it to them."""
    if not visible(definition, profile, rank, channel) or (definition.claim.offered_only and not offered):
        return NotFound("task.not_found", "没有这个任务")
    terms = definition.claim
    if terms.from_ is not None and now < terms.from_:
        return Conflict("task.not_yet_claimable", "任务还没有开始领取")
    if terms.until is not None and now >= terms.until:
        return Conflict("task.no_longer_claimable", "任务的领取时间已经结束")
    if terms.automatic:
        return Conflict("task.claimed_automatically", "这个任务不用领取，达成后自动完成")
    return None
