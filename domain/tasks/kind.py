"""Tasks as a kind of configuration: what is checked before one is saved, what happens when one goes live."""

from domain import benefits, coupons, messages
from domain.approvals import Kind, Version
from domain.tasks.conditions import compile_content
from domain.tasks.definition import Messages, TaskDefinition
from kit.database import Connection
from kit.errors import Fault, RuleViolated


async def check(code: str, definition: TaskDefinition) -> None:
    """Refuse what could never work. Raises `RuleViolated` with the path of each fault."""
    compile_content(definition.content)
    faults = [
        *_claim_faults(definition),
        *_reference_faults(code, definition),
        *await _message_faults(definition.messages),
        *await _reward_faults(definition),
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
    if terms.automatic and terms.times > 1:
        faults.append(Fault("claim.times", "task.impossible_times", "once a cycle where it is claimed automatically"))
    return faults


def _reference_faults(code: str, definition: TaskDefinition) -> list[Fault]:
    """References to kinds of which nothing is defined yet cannot resolve."""
    named: list[tuple[str, str, str | None]] = [
        ("visible.audience", "audience", definition.visible.audience),
        ("visible.exclude", "audience", definition.visible.exclude),
    ]
    if definition.follow_ups:
        named += [
            (f"follow_ups.rules[{i}].task", "follow-up", rule.task)
            for i, rule in enumerate(definition.follow_ups.rules)
        ]
    return [Fault(path, "task.unknown_reference", f"there is no {kind} {name!r}") for path, kind, name in named if name]


async def _message_faults(asked: Messages | None) -> list[Fault]:
    if asked is None:
        return []
    named = {
        "claimed": asked.claimed,
        "expiring.template": asked.expiring.template if asked.expiring else None,
        "completed": asked.completed,
        "rewarded": asked.rewarded,
    }
    faults: list[Fault] = []
    for at, template in named.items():
        if template is not None:
            faults += await messages.faults_for_tasks(f"messages.{at}", template)
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


async def went_live(connection: Connection, version: Version) -> None:
    """Make the counter of places exist before the first claim."""
    await connection.execute(
        "INSERT INTO task_places (task, taken) VALUES ($1, 0) ON CONFLICT DO NOTHING", version.code
    )


TASKS = Kind("tasks", TaskDefinition, check, went_live)
