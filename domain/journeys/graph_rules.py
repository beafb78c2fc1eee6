"""What is wrong with the graph of a journey, and whether it goes round. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from domain.events.event import CUSTOM, is_known_type
from domain.journeys.definition import (
    Goal,
    JourneyDefinition,
    Share,
    Split,
    Step,
    Timeout,
    Trigger,
    Wait,
    WaitFor,
    Where,
)
from domain.journeys.rules import fixed_day, onwards
from domain.journeys.states import Exit
from domain.scopes import Item, Measure
from domain.scopes import faults as scope_faults
from kit.errors import Fault

_OWN_WORDS = frozenset(str(word) for word in Exit)


def shape_faults(definition: JourneyDefinition) -> list[Fault]:
    """Everything wrong with a journey by itself, each with its path."""
    faults = [
        *_one_of("trigger", definition.trigger, "event", "task_completed", "audience_entered", "date"),
        *_event_faults("trigger", definition.trigger),
        *_date_faults(definition.trigger),
    ]
    if definition.goal is not None:
        faults += _one_of("goal", definition.goal, "event", "task_completed", "coupon_used")
        faults += _event_faults("goal", definition.goal)
    for code, step in definition.steps.items():
        faults += _step_faults(f"steps.{code}", step)
    unknown = list(_unknown(definition))
    return faults + (unknown or [*_unreachable(definition), *_circles(definition.steps)])


def _one_of(path: str, given: object, *names: str) -> list[Fault]:
    """Exactly one of these fields is there."""
    if sum(getattr(given, name) is not None for name in names) == 1:
        return []
    return [Fault(path, "journey.unclear", f"exactly one of {', '.join(names)}")]


def _event_faults(path: str, given: Trigger | Goal | WaitFor) -> list[Fault]:
    if given.event is None:
        return [Fault(f"{path}.where", "journey.where", "belongs to an event")] if given.where else []
    if not is_known_type(given.event):
        detail = f"no partner tells {given.event!r}; one's own begin with {CUSTOM!r}"
        return [Fault(f"{path}.event", "journey.unknown_event", detail)]
    return _where_faults(f"{path}.where", given.event, given.where)


def _where_faults(path: str, event: str, where: Where | None) -> list[Fault]:
    category = "cumulative" if event.split(".")[0] in _WITH_MONEY else "special"
    return scope_faults(where, Item(category, event, event, Measure.COUNT), path) if where else []


_WITH_MONEY = frozenset({"purchase", "cash_advance", "instalment", "repayment", "refund", "reversal", "chargeback"})


def _date_faults(trigger: Trigger) -> list[Fault]:
    unused = {
        "days_before": trigger.days_before != 0 and trigger.date is None,
        "hour": trigger.hour != 9 and trigger.date is None,
        "days_after_billing": trigger.days_after_billing != 20 and trigger.date != "repayment_day",
    }
    detail = "belongs to a trigger by date, days_after_billing to repayment_day"
    faults = [Fault(f"trigger.{name}", "journey.unused", detail) for name, wrong in unused.items() if wrong]
    try:
        fixed_day(trigger)
    except ValueError:
        faults.append(Fault("trigger.date", "journey.impossible", "no day of the calendar"))
    return faults


def _step_faults(path: str, step: Step) -> list[Fault]:
    if isinstance(step, Wait):
        return _one_of(path, step, "hours", "days", "until")
    if isinstance(step, WaitFor):
        return [
            *_one_of(path, step, "event", "task_completed"),
            *_event_faults(path, step),
            *_timeout_faults(f"{path}.timeout", step.timeout),
        ]
    if isinstance(step, Split):
        return _split_faults(path, step)
    if isinstance(step, Share):
        total = sum(part.percent for part in step.parts)
        wrong = [Fault(f"{path}.parts", "journey.percents", f"make {total}, not 100")] if total != 100 else []
        return wrong + list(_name_faults(f"{path}.parts", [part.name for part in step.parts]))
    return []


def _timeout_faults(path: str, timeout: Timeout) -> list[Fault]:
    return _one_of(path, timeout, "hours", "days")


def _split_faults(path: str, step: Split) -> list[Fault]:
    faults = list(_name_faults(f"{path}.branches", [branch.name for branch in step.branches]))
    for place, branch in enumerate(step.branches):
        at, level = f"{path}.branches[{place}].when", branch.when.level
        if all(getattr(branch.when, name) is None for name in branch.when.__struct_fields__):
            faults.append(Fault(at, "journey.asks_nothing", "everybody would go this way: name a condition"))
        if level is not None and (level.at_least or 0) > (100 if level.at_most is None else level.at_most):
            faults.append(Fault(f"{at}.level", "journey.impossible", "at_most lies below at_least"))
    return faults


def _name_faults(path: str, names: Sequence[str]) -> Iterator[Fault]:
    """Names of ways are what paths and reports say."""
    for place, name in enumerate(names):
        if name in names[:place] or name in _OWN_WORDS:
            detail = "stands there twice" if name in names[:place] else "is a word of the platform"
            yield Fault(f"{path}[{place}].name", "journey.repeated", f"{name!r} {detail}")


def _unknown(definition: JourneyDefinition) -> Iterator[Fault]:
    named = [("first", definition.first)]
    for code, step in definition.steps.items():
        named += [(f"steps.{code}.{field}", onward) for field, onward in onwards(step)]
    for path, onward in named:
        if onward not in definition.steps:
            yield Fault(path, "journey.unknown_step", f"there is no step {onward!r}")


def in_order(definition: JourneyDefinition) -> list[str]:
    """The steps that are reached, the fewest steps from the first ahead."""
    reached = [definition.first]
    for code in reached:
        reached += [onward for _, onward in onwards(definition.steps[code]) if onward not in reached]
    return list(dict.fromkeys(reached))


def _unreachable(definition: JourneyDefinition) -> Iterator[Fault]:
    reached = in_order(definition)
    for code in definition.steps:
        if code not in reached:
            yield Fault(f"steps.{code}", "journey.unreachable_step", "no way leads here from the first step")


def _circles(steps: Mapping[str, Step]) -> list[Fault]:
    """A loop needs a wait that takes its time whenever a run comes by; that until a certain day does so once."""
    at_once = {code for code, step in steps.items() if not _takes_time(step)}
    circle = on_circles(steps, at_once)
    if not circle:
        return []
    code = next(code for code in steps if code in circle)
    return [Fault(f"steps.{code}", "journey.circle", f"goes round without a wait: {', '.join(sorted(circle))}")]


def _takes_time(step: Step) -> bool:
    return isinstance(step, WaitFor) or (isinstance(step, Wait) and (step.until is None or step.until.date is None))


def on_circles(steps: Mapping[str, Step], among: Collection[str] | None = None) -> set[str]:
    """What is left of these steps (all) when again and again those go from which nothing leads on, and to which nothing
    leads: empty where nothing goes round.
    """
    left = set(steps if among is None else among)
    while True:
        leads_on = {code for code in left if any(onward in left for _, onward in onwards(steps[code]))}
        led_to = {onward for code in left for _, onward in onwards(steps[code])}
        kept = leads_on & led_to
        if kept == left:
            return left
        left = kept
