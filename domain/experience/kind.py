"""Level tables as a kind of configuration."""

import msgspec

from domain import approvals, benefits, coupons
from domain.approvals import Kind, Version
from domain.experience import accounts, rules
from domain.experience.catalogue import BUILT_IN, CODE, KIND
from domain.experience.definition import LevelTable
from domain.experience.review import judge_all
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
    for place, level in enumerate(table.levels):
        for number, gift in enumerate(level.gifts):
            path = f"levels[{place}].gifts[{number}]"
            if gift.coupon is not None and not await coupons.template_exists(gift.coupon):
                detail = f"there is no live coupon template {gift.coupon!r}"
                faults.append(Fault(f"{path}.coupon", "level_table.unknown_reference", detail))
            if gift.benefit is not None and not await benefits.benefit_exists(gift.benefit):
                detail = f"there is no live benefit {gift.benefit!r}"
                faults.append(Fault(f"{path}.benefit", "level_table.unknown_reference", detail))
    return faults


async def went_live(connection: Connection, version: Version) -> None:
    """Judge the periods that have ended by the table they ran under, then place everybody anew."""
    if version.code != CODE:
        return
    earlier = [one for one in await approvals.ever_live(KIND, CODE) if one.version < version.version]
    former = msgspec.convert(earlier[-1].body, LevelTable) if earlier else BUILT_IN.table
    await judge_all(connection, former)
    await accounts.place(connection, former, msgspec.convert(version.body, LevelTable), clock.now())


LEVEL_TABLES = Kind(KIND, LevelTable, check, went_live)
