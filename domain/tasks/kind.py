"""Tasks as a kind of configuration: what is checked before one is saved, what happens when one goes live."""

from collections.abc import Sequence
from typing import TypeVar

from domain import approvals, audiences, benefits, campaigns, coupons, messages, tags
from domain.approvals import Kind, State, Version
from domain.operators import OperatorIdentity
from domain.tasks import rules
from domain.tasks.conditions import Program, compile_content
from domain.tasks.definition import FollowUps, Messages, TaskDefinition
from domain.tasks.follow_rules import circle_faults, refuse_circles, shape_faults, targets
from domain.tasks.follow_when import when_of
from domain.tasks.graph import follow_ups_of
from kit.database import Connection
from kit.errors import Fault, RuleViolated

T = TypeVar("T")


async def check(code: str, definition: TaskDefinition) -> None:
    """Refuse what could never work. Raises `RuleViolated` with the path of each fault."""
    program = compile_content(definition.content)
    faults = [
        *(_claim_faults(definition) or rules.beyond_life(definition, program.leaves)),
        *await _reference_faults(definition),
        *await _migration_faults(code, definition),
        *await _message_faults(definition),
        *await _reward_faults(definition),
        *await _shape_faults(definition, program),
        *await _follow_up_faults(code, definition.follow_ups),
    ]
    if faults:
        raise RuleViolated("task.impossible", "任务设置有误，请按所列路径修改", faults)


def _claim_faults(definition: TaskDefinition) -> list[Fault]:
    terms = definition.claim
    faults: list[Fault] = []
    for name, instant in (("from", terms.from_), ("until", terms.until)):
        if instant is not None and instant.tzinfo is None:
            faults.append(Fault(f"claim.{name}", "task.no_offset", "must carry its offset, as in +08:00"))
    if not faults and terms.from_ and terms.until and terms.from_ >= terms.until:
        faults.append(Fault("claim.until", "task.impossible_dates", "must lie after claim.from"))
    if terms.mode != "manual" and terms.times > 1:
        detail = "once a cycle where it is claimed automatically or only offered"
        faults.append(Fault("claim.times", "task.impossible_times", detail))
    return faults


async def _migration_faults(code: str, definition: TaskDefinition) -> list[Fault]:
    """A running claim belongs to a cycle and was made in a certain way: neither can be changed under it."""
    if definition.running_claims != "migrate":
        return []
    known = [version for version in await approvals.ever_live("tasks", code) if version.state != State.ENDED]
    changed = [
        name
        for name in ("cycle", "mode")
        if any(version.body["claim"][name] != getattr(definition.claim, name) for version in known)
    ]
    detail = f"claims cannot migrate where claim.{' and claim.'.join(changed)} changes: let them stay"
    return [Fault("running_claims", "task.cannot_migrate", detail)] if changed else []


async def _reference_faults(definition: TaskDefinition) -> list[Fault]:
    faults = await audiences.reach_faults("visible.", definition.visible.audience, definition.visible.exclude)
    if definition.campaign is not None and not await campaigns.campaign_exists(definition.campaign):
        detail = f"there is no running campaign {definition.campaign!r}"
        faults.append(Fault("campaign", "task.unknown_reference", detail))
    return faults


async def _message_faults(definition: TaskDefinition) -> list[Fault]:
    asked, follow_ups = definition.messages or Messages(), definition.follow_ups
    named = {
        "messages.claimed": asked.claimed,
        "messages.expiring.template": asked.expiring.template if asked.expiring else None,
        "messages.completed": asked.completed,
        "messages.rewarded": asked.rewarded,
    }
    for place, rule in enumerate(follow_ups.rules if follow_ups else []):
        named[f"follow_ups.rules[{place}].message"] = rule.message
    faults: list[Fault] = []
    for path, template in named.items():
        if template is not None:
            faults += await messages.faults_of_use("task", path, template, messages.OF_TASKS)
    return faults


async def _reward_faults(definition: TaskDefinition) -> list[Fault]:
    faults: list[Fault] = []
    for place, reward in enumerate(definition.rewards):
        path = f"rewards[{place}]"
        given = [name for name in ("experience", "coupon", "benefit") if getattr(reward, name) is not None]
        if len(given) != 1:
            faults.append(Fault(path, "task.unclear_reward", "exactly one of experience, coupon, benefit"))
        elif reward.benefit is not None and not await benefits.benefit_exists(reward.benefit):
            detail = f"there is no live benefit {reward.benefit!r}"
            faults.append(Fault(f"{path}.benefit", "task.unknown_reference", detail))
        elif reward.coupon is not None and not await coupons.template_exists(reward.coupon):
            detail = f"there is no live coupon template {reward.coupon!r}"
            faults.append(Fault(f"{path}.coupon", "task.unknown_reference", detail))
    return faults


async def _shape_faults(definition: TaskDefinition, program: Program) -> list[Fault]:
    """Audiences and tags are looked for only where all else of the follow-ups is right."""
    found = shape_faults(definition, program)
    if found or definition.follow_ups is None:
        return found
    for place, rule in enumerate(definition.follow_ups.rules):
        when, path = when_of(rule.when), f"follow_ups.rules[{place}].when"
        for at, code in _placed(f"{path}.audience", rule.when.get("audience"), when.audiences):
            found += await audiences.faults(at, [code])
        found += await tags.faults_at(dict(_placed(f"{path}.tag", rule.when.get("tag"), when.tags)))
    return found


def _placed(path: str, written: object, values: Sequence[T]) -> list[tuple[str, T]]:
    """Values with the path each stands at: of a list its places."""
    several = isinstance(written, list)
    return [(f"{path}[{place}]" if several else path, value) for place, value in enumerate(values)]


async def _follow_up_faults(code: str, follow_ups: FollowUps | None) -> list[Fault]:
    """A follow-up is a live task, and no way leads back from it."""
    if follow_ups is None:
        return []
    standing = await _standing()
    live = {version.code for version in standing if version.state == State.LIVE}
    unknown = [
        Fault(f"follow_ups.rules[{place}].task", "task.unknown_reference", f"there is no live task {rule.task!r}")
        for place, rule in enumerate(follow_ups.rules)
        if rule.task not in live and rule.task != code
    ]
    return unknown + circle_faults(_edges(standing), code, follow_ups)


async def _standing() -> list[Version]:
    """Live tasks, and paused ones: they can be resumed unchecked."""
    return await approvals.in_states(TASKS.name, (State.LIVE, State.PAUSED))


def _edges(standing: Sequence[Version]) -> dict[str, list[str]]:
    return {version.code: targets(follow_ups_of(version)) for version in standing}


async def went_live(connection: Connection, version: Version) -> None:
    """Make the counter of places exist before the first claim.

    Two drafts may each be right and close a circle together: the second is refused here, where the live set stands
    still. Raises `RuleViolated` (`task.follow_up_circle`).
    """
    follow_ups = follow_ups_of(version)
    if follow_ups is not None:
        refuse_circles(circle_faults(_edges(await _standing()), version.code, follow_ups))
    await connection.execute(
        "INSERT INTO task_places (task, taken) VALUES ($1, 0) ON CONFLICT DO NOTHING", version.code
    )


async def may_write(operator: OperatorIdentity, definition: TaskDefinition) -> None:
    """Raises `RuleViolated` (`audience.foreign`)."""
    named: list[tuple[str, str | None]] = [
        ("visible.audience", definition.visible.audience),
        ("visible.exclude", definition.visible.exclude),
    ]
    for place, rule in enumerate(definition.follow_ups.rules if definition.follow_ups else []):
        path = f"follow_ups.rules[{place}].when.audience"
        named += _placed(path, rule.when.get("audience"), when_of(rule.when).audiences)
    await audiences.check_may_name(operator, named)


TASKS = Kind("tasks", TaskDefinition, check, went_live, may_write=may_write)
