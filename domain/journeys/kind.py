"""Journeys as a kind of configuration."""

from domain import audiences, benefits, campaigns, coupons, messages, tags, tasks
from domain.approvals import Kind, Version
from domain.journeys.catalogue import KIND
from domain.journeys.definition import (
    GiveBenefit,
    GiveCoupon,
    GiveTask,
    JourneyDefinition,
    SendMessage,
    Split,
    Step,
    WaitFor,
)
from domain.journeys.graph_rules import shape_faults
from kit.database import Connection
from kit.errors import Fault, RuleViolated


async def check(code: str, definition: JourneyDefinition) -> None:
    """Refuse what could never work. Raises `RuleViolated` (`journey.impossible`) with the path of each fault."""
    faults = [*shape_faults(definition), *await _reference_faults(definition)]
    if faults:
        raise RuleViolated("journey.impossible", "旅程设置有误，请按所列路径修改", faults)


async def _reference_faults(definition: JourneyDefinition) -> list[Fault]:
    faults: list[Fault] = []
    if definition.campaign is not None and not await campaigns.campaign_exists(definition.campaign):
        detail = f"there is no running campaign {definition.campaign!r}"
        faults.append(Fault("campaign", "journey.unknown_reference", detail))
    await tasks.catalogue.refresh()
    faults += _task_faults("trigger.task_completed", definition.trigger.task_completed)
    if definition.goal is not None:
        faults += _task_faults("goal.task_completed", definition.goal.task_completed)
        faults += await _coupon_faults("goal.coupon_used", definition.goal.coupon_used)
    entered = definition.trigger.audience_entered
    faults += await audiences.faults("trigger.audience_entered", [entered] if entered else [])
    for step_code, step in definition.steps.items():
        faults += await _step_faults(f"steps.{step_code}", step)
    return faults


async def _step_faults(path: str, step: Step) -> list[Fault]:
    if isinstance(step, GiveCoupon):
        return await _coupon_faults(f"{path}.coupon", step.coupon)
    if isinstance(step, GiveBenefit):
        known = await benefits.benefit_exists(step.benefit)
        return [] if known else [_unknown(f"{path}.benefit", "live benefit", step.benefit)]
    if isinstance(step, SendMessage):
        return await messages.faults_of_use("journey", f"{path}.template", step.template, messages.OF_JOURNEYS)
    if isinstance(step, Split):
        return await _split_faults(path, step)
    if isinstance(step, GiveTask):
        return _task_faults(f"{path}.task", step.task)
    return _task_faults(f"{path}.task_completed", step.task_completed) if isinstance(step, WaitFor) else []


async def _split_faults(path: str, step: Split) -> list[Fault]:
    faults: list[Fault] = []
    for place, branch in enumerate(step.branches):
        at, when = f"{path}.branches[{place}].when", branch.when
        faults += await tags.faults(f"{at}.tags", when.tags or [])
        for field, codes in (("audience", when.audience), ("not_audience", when.not_audience)):
            for number, code in enumerate(codes or []):
                faults += await audiences.faults(f"{at}.{field}[{number}]", [code])
    return faults


def _task_faults(path: str, task: str | None) -> list[Fault]:
    known = task is None or task in tasks.catalogue.live
    return [] if known else [_unknown(path, "live task", str(task))]


async def _coupon_faults(path: str, template: str | None) -> list[Fault]:
    known = template is None or await coupons.template_exists(template)
    return [] if known else [_unknown(path, "live coupon template", str(template))]


def _unknown(path: str, what: str, code: str) -> Fault:
    return Fault(path, "journey.unknown_reference", f"there is no {what} {code!r}")


async def went_live(connection: Connection, version: Version) -> None:
    """Nothing follows: runs stay on the version they began on, new ones begin on this."""


def most_it_costs(definition: JourneyDefinition) -> int:
    """What it gives to one customer at most: how many come in nothing says."""
    steps = definition.steps.values()
    coupon = sum(coupons.template_cost_fen(step.coupon) for step in steps if isinstance(step, GiveCoupon))
    return coupon + sum(benefits.benefit_cost_fen(step.benefit) for step in steps if isinstance(step, GiveBenefit))


JOURNEYS = Kind(KIND, JourneyDefinition, check, went_live, most_it_costs)
