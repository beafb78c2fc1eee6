"""A journey as operators write it: what lets customers in, and a graph of steps."""

from datetime import date as Day  # noqa: N812 - fields of that name are declared here
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from domain.consents import Purpose
from domain.tags import TagTest

Name = Annotated[str, Meta(min_length=1, max_length=64)]
Code = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")]
StepId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,31}\Z")]
EventType = Annotated[str, Meta(min_length=1, max_length=40)]
Stage = Literal["base", "payer", "wealth", "credit"]
Where = dict[str, dict[str, Any]]
Hours = Annotated[int, Meta(ge=1, le=24 * 90)]
Days = Annotated[int, Meta(ge=1, le=365)]
Level = Annotated[int, Meta(ge=0, le=100)]
TimeOfDay = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z")]


class Happening(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Exactly one of an event told about the customer (`where` as in conditions of tasks) and a task they complete."""

    event: EventType | None = None
    where: Where | None = None
    task_completed: Code | None = None


class Trigger(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What lets a customer in, exactly one. `days_before` a day, at `hour` in Shanghai: `card_day` is the day on which
    their billing cycle begins, `repayment_day` comes `days_after_billing` days behind it; or a day for everybody.
    """

    event: EventType | None = None
    where: Where | None = None
    task_completed: Code | None = None
    audience_entered: Code | None = None
    date: Annotated[str, Meta(pattern=r"^(card_day|repayment_day|[0-9]{4}-[0-9]{2}-[0-9]{2})\Z")] | None = None
    days_before: Annotated[int, Meta(ge=0, le=31)] = 0
    days_after_billing: Annotated[int, Meta(ge=1, le=31)] = 20
    hour: Annotated[int, Meta(ge=0, le=23)] = 9


class AfterDays(msgspec.Struct, forbid_unknown_fields=True):
    """So many days after the last time ended."""

    after_days: Days


class Goal(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What the journey is for, exactly one, counted when it comes about within so many days of the entry."""

    within_days: Days
    event: EventType | None = None
    where: Where | None = None
    task_completed: Code | None = None
    coupon_used: Code | None = None


class Between(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Both bounds are included."""

    at_least: Level | None = None
    at_most: Level | None = None


class Condition(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """All of what it names must hold; of a list one. `consent` names what was agreed to, all of it, `tags` tests that
    all hold, `audience` live ones of which the customer is in one, `not_audience` those of which in none.
    """

    stage: Annotated[list[Stage], Meta(min_length=1, max_length=4)] | None = None
    level: Between | None = None
    card_product: Annotated[list[Name], Meta(min_length=1, max_length=50)] | None = None
    branch: Annotated[list[Name], Meta(min_length=1, max_length=50)] | None = None
    consent: Annotated[list[Purpose], Meta(min_length=1, max_length=5)] | None = None
    tags: Annotated[list[TagTest], Meta(min_length=1, max_length=10)] | None = None
    audience: Annotated[list[Code], Meta(min_length=1, max_length=10)] | None = None
    not_audience: Annotated[list[Code], Meta(min_length=1, max_length=10)] | None = None


class Until(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The next time it is `time` in Shanghai; with `date` that of that day, which may be over."""

    time: TimeOfDay
    date: Day | None = None


class Timeout(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Exactly one of hours and days."""

    hours: Hours | None = None
    days: Days | None = None


class Branch(msgspec.Struct, forbid_unknown_fields=True):
    """A way taken by those who meet `when`, unless a branch above took them."""

    name: Name
    when: Condition
    next: StepId


class Part(msgspec.Struct, forbid_unknown_fields=True):
    """A share of the customers, in percent; the same customers for ever."""

    name: Name
    percent: Annotated[int, Meta(ge=1, le=99)]
    next: StepId


class _Step(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", omit_defaults=True, kw_only=True):
    """`name` is for operators."""

    name: Annotated[str, Meta(max_length=64)] = ""


class Wait(_Step, tag="wait", kw_only=True):
    """Exactly one of hours, days, until."""

    hours: Hours | None = None
    days: Days | None = None
    until: Until | None = None
    next: StepId


class WaitFor(_Step, tag="wait_for", kw_only=True):
    """For something to happen, not longer than `timeout`. A task completed since the entry has happened already."""

    event: EventType | None = None
    where: Where | None = None
    task_completed: Code | None = None
    timeout: Timeout
    next: StepId
    timed_out: StepId


class Split(_Step, tag="split", kw_only=True):
    """The first branch whose condition holds."""

    branches: Annotated[list[Branch], Meta(min_length=1, max_length=10)]
    otherwise: StepId


class Share(_Step, tag="share", kw_only=True):
    """By chance; the percents make 100. A control group is a part that leads to an end."""

    parts: Annotated[list[Part], Meta(min_length=2, max_length=10)]


class GiveCoupon(_Step, tag="coupon", kw_only=True):
    """Who cannot have one goes on by `otherwise`, or by `next` where that is not named."""

    coupon: Code
    next: StepId
    otherwise: StepId | None = None


class GiveBenefit(_Step, tag="benefit", kw_only=True):
    """As with a coupon."""

    benefit: Code
    next: StepId
    otherwise: StepId | None = None


class GiveTask(_Step, tag="task", kw_only=True):
    """Offered to the customer, or claimed for them."""

    task: Code
    mode: Literal["offer", "claim"] = "offer"
    next: StepId
    otherwise: StepId | None = None


class SendMessage(_Step, tag="message", kw_only=True):
    """Into the inbox, and by the channels of the template. A marketing message for whose channels a customer has given
    no consent is not written.
    """

    template: Code
    next: StepId
    otherwise: StepId | None = None


class End(_Step, tag="end", kw_only=True):
    """Here it is over."""


Step = Wait | WaitFor | Split | Share | GiveCoupon | GiveBenefit | GiveTask | SendMessage | End
Giving = GiveCoupon | GiveBenefit | GiveTask
Effect = Giving | SendMessage


class JourneyDefinition(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The document behind `PUT /admin/v1/journeys/{code}`.

    Of a campaign on trial only its customers are let in. Who has been in comes again never, after the last time ended,
    or some days after that.
    """

    name: Name
    trigger: Trigger
    first: StepId
    steps: Annotated[dict[StepId, Step], Meta(min_length=1, max_length=60)]
    campaign: Code | None = None
    reentry: Literal["never", "after_end"] | AfterDays = "never"
    goal: Goal | None = None
