"""Level tables as a kind of configuration."""

import msgspec

from domain import approvals, benefits, coupons, messages, outbox
from domain.approvals import Kind, Version
from domain.experience import accounts, rules
from domain.experience.catalogue import BUILT_IN, CODE, KIND
from domain.experience.definition import LevelMessages, LevelTable
from domain.experience.review import judge_all
from domain.facts import StandingDue
from kit import clock
from kit.database import Connection
from kit.errors import Fault, RuleViolated


async def check(code: str, definition: LevelTable) -> None:
    """Raises `RuleViolated` (`level_table.impossible`) with the path of each fault."""
    faults = [*rules.faults_of(definition), *await _reference_faults(definition)]
    if faults:
        raise RuleViolated("level_table.impossible", "等级表设置有误，请按所列路径修改", faults)


async def _reference_faults(table: LevelTable) -> list[Fault]:
    faults: list[Fault] = []
    for name in LevelMessages.__struct_fields__:
        if (template := getattr(table.messages, name)) is not None:
            faults += await messages.faults_of_use("level_table", f"messages.{name}", template, messages.OF_LEVELS)
    for place, level in enumerate(table.levels):
        for number, code in enumerate(level.standing):
            faults += await _standing_faults(f"levels[{place}].standing[{number}]", code)
        for number, gift in enumerate(level.gifts):
            path = f"levels[{place}].gifts[{number}]"
            if gift.coupon is not None and not await coupons.template_exists(gift.coupon):
                detail = f"there is no live coupon template {gift.coupon!r}"
                faults.append(Fault(f"{path}.coupon", "level_table.unknown_reference", detail))
            if gift.benefit is not None and not await benefits.benefit_exists(gift.benefit):
                detail = f"there is no live benefit {gift.benefit!r}"
                faults.append(Fault(f"{path}.benefit", "level_table.unknown_reference", detail))
    return faults


async def _standing_faults(path: str, code: str) -> list[Fault]:
    if not await benefits.benefit_exists(code):
        return [Fault(path, "level_table.unknown_reference", f"there is no live benefit {code!r}")]
    if benefits.catalogue.live[code].definition.per_person is not None:
        return [Fault(path, "level_table.capped", f"{code} is bounded by per_person, but is granted anew every period")]
    return []


async def went_live(connection: Connection, version: Version) -> None:
    """Judge the periods that have ended by the table they ran under, then place everybody anew."""
    if version.code != CODE:
        return
    earlier = [one for one in await approvals.ever_live(KIND, CODE) if one.version < version.version]
    former = msgspec.convert(earlier[-1].body, LevelTable) if earlier else BUILT_IN.table
    await judge_all(connection, former)
    table = msgspec.convert(version.body, LevelTable)
    await accounts.place(connection, former, table, clock.now())
    if former.has_standing or table.has_standing:
        await outbox.record(connection, [StandingDue(0)])


LEVEL_TABLES = Kind(KIND, LevelTable, check, went_live)
