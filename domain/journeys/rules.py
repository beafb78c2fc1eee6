"""How a journey is walked: which way, until when, for whom. Pure: what is known and the moment are arguments."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

import msgspec

from domain.consents import Purpose
from domain.customers import Profile
from domain.journeys.definition import (
    Condition,
    End,
    Goal,
    Happening,
    JourneyDefinition,
    Share,
    Split,
    Step,
    Timeout,
    Trigger,
    Wait,
    WaitFor,
)
from domain.journeys.states import Exit
from domain.tags import Value
from domain.tags import holds as tag_holds
from kit import clock

MOST_MOVES = 400
"""A run that has made so many is ended: it goes round in a loop of waits."""


class Person(msgspec.Struct, frozen=True):
    """What is known of a customer when a condition is asked."""

    profile: Profile
    rank: int = 0
    agreed: frozenset[Purpose] = frozenset()
    tags: Mapping[str, Value] = {}
    audiences: frozenset[str] = frozenset()


class Way(msgspec.Struct, frozen=True):
    """A step left by `exit` for `onward`; None: it was the last."""

    exit: str
    onward: str | None


def holds(condition: Condition, person: Person) -> bool:
    """Whether all of what the condition names holds."""
    level = condition.level
    return (
        _among(person.profile.stage, condition.stage)
        and _among(person.profile.card_product, condition.card_product)
        and _among(person.profile.branch, condition.branch)
        and (level is None or level.at_least is None or level.at_least <= person.rank)
        and (level is None or level.at_most is None or person.rank <= level.at_most)
        and (condition.consent is None or person.agreed.issuperset(condition.consent))
        and all(tag_holds(test, person.tags.get(test.tag)) for test in condition.tags or ())
        and (condition.audience is None or not person.audiences.isdisjoint(condition.audience))
        and person.audiences.isdisjoint(condition.not_audience or ())
    )


def _among(value: str | None, wanted: Sequence[str] | None) -> bool:
    return wanted is None or value in wanted


def conditions(definition: JourneyDefinition) -> list[Condition]:
    """Every condition the steps ask."""
    return [branch.when for step in definition.steps.values() if isinstance(step, Split) for branch in step.branches]


def bucket_of(code: str, step: str, customer_id: int) -> float:
    """Where a customer stands in the parts of a step: 0 to below 100, the same for ever, evenly spread."""
    digest = hashlib.blake2b(f"{code}/{step}/{customer_id}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest) % 10_000) / 100


def split(step: Split, person: Person) -> Way:
    """The first branch that takes this person."""
    for branch in step.branches:
        if holds(branch.when, person):
            return Way(branch.name, branch.next)
    return Way(Exit.OTHERWISE, step.otherwise)


def share(step: Share, bucket: float) -> Way:
    """The part in which the bucket lies."""
    reached = 0
    for part in step.parts:
        reached += part.percent
        if bucket < reached:
            return Way(part.name, part.next)
    raise ValueError("the percents do not make 100")


def over(step: Wait | WaitFor, heard: bool) -> Way:
    """How a wait ends whose time has come, or for which what it waits for has happened."""
    if isinstance(step, Wait):
        return Way(Exit.WAITED, step.next)
    return Way(Exit.HAPPENED, step.next) if heard else Way(Exit.TIMED_OUT, step.timed_out)


def due_at(step: Step, now: datetime) -> datetime:
    """When a step that is reached now goes on by itself."""
    if isinstance(step, Wait) and step.until is not None:
        moment = _on(step.until.date or clock.business_day(now), step.until.time)
        return moment if moment > now or step.until.date is not None else moment + timedelta(days=1)
    if isinstance(step, Wait):
        return now + _length(Timeout(step.hours, step.days))
    return now + _length(step.timeout) if isinstance(step, WaitFor) else now


def _on(day: date, moment: str) -> datetime:
    return clock.start_of_day(day) + (datetime.combine(day, time.fromisoformat(moment)) - datetime.combine(day, time()))


def _length(timeout: Timeout) -> timedelta:
    return timedelta(hours=timeout.hours or 0, days=timeout.days or 0)


def key_of(happening: Happening | Trigger | WaitFor | Goal | None) -> str | None:
    """What is waited for, in a word: `event:purchase`, `task:fuel-300`, `coupon:free7`, `audience:vip`; None: nothing
    anybody tells.
    """
    if happening is None:
        return None
    for field, word in (("event", "event"), ("task_completed", "task"), ("coupon_used", "coupon")):
        if name := getattr(happening, field, None):
            return f"{word}:{name}"
    name = getattr(happening, "audience_entered", None)
    return f"audience:{name}" if name else None


def waiting_for(step: Step) -> str | None:
    """What a run waits for on this step."""
    return key_of(step) if isinstance(step, WaitFor) else None


def onwards(step: Step) -> list[tuple[str, str]]:
    """Every way out: the field that names it, relative to the step, and where it leads."""
    if isinstance(step, Split):
        ways = [(f"branches[{place}].next", branch.next) for place, branch in enumerate(step.branches)]
        return [*ways, ("otherwise", step.otherwise)]
    if isinstance(step, Share):
        return [(f"parts[{place}].next", part.next) for place, part in enumerate(step.parts)]
    if isinstance(step, End):
        return []
    ways = [("next", step.next)]
    if isinstance(step, WaitFor):
        return [*ways, ("timed_out", step.timed_out)]
    other = getattr(step, "otherwise", None)
    return [*ways, ("otherwise", other)] if other else ways


def fixed_day(trigger: Trigger) -> date | None:
    """The day a trigger by date names; None where it is a day of each customer's, or there is none. Raises `ValueError`
    for a day the calendar does not have.
    """
    named = trigger.date
    return None if named is None or named.endswith("_day") else date.fromisoformat(named)


def billing_days(trigger: Trigger, day: date) -> list[int] | None:
    """On which day of the month the billing cycles begin of whom a trigger lets in on `day`: in a short month those of
    the days it lacks too, on its last; None: everybody's.
    """
    if fixed_day(trigger) is not None:
        return None
    meant = day + timedelta(days=trigger.days_before)
    if trigger.date == "repayment_day":
        meant -= timedelta(days=trigger.days_after_billing)
    following = meant + timedelta(days=1)
    return list(range(meant.day, 32)) if following.month != meant.month else [meant.day]


def opens_on(trigger: Trigger, day: date) -> bool:
    """Whether a trigger by date lets anybody in on `day`."""
    fixed = fixed_day(trigger)
    return trigger.date is not None if fixed is None else day + timedelta(days=trigger.days_before) == fixed


def opening(trigger: Trigger, day: date) -> datetime:
    """When a trigger by date lets in on `day`."""
    return clock.start_of_day(day) + timedelta(hours=trigger.hour)
