"""Level tables as a kind of configuration."""

import msgspec

from domain import benefits, coupons
from domain.approvals import Kind, Version
from domain.experience import rules
from domain.experience.catalogue import CODE, KIND
from domain.experience.definition import LevelTable
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
    """Move every account to the rank of what it ever earned in the new table: what anybody fell from is forgotten, and
    nobody gets gifts for it. Periods go on; where there were none they begin now.

    Nobody earns meanwhile: `add` shares the live set, which the approval holds.
    """
    if version.code != CODE:
        return
    table, now = msgspec.convert(version.body, LevelTable), clock.now()
    begins = rules.period_start(table.validity, now) if table.validity else None
    await connection.execute(
        """WITH placed AS (
             SELECT customer_id, rank AS before, greatest(width_bucket(balance + spent, $1::bigint[]) - 1, 0) AS after
             FROM experience_account), noted AS (
             INSERT INTO level_move (customer_id, before, after, reason, at)
             SELECT customer_id, before, after, 'table', $2 FROM placed WHERE before <> after)
           UPDATE experience_account a SET
             rank = p.after, cap = NULL, change_no = nextval('change_no'),
             rank_since = CASE WHEN p.before = p.after THEN a.rank_since ELSE $2 END,
             period_from = CASE WHEN $3::timestamptz IS NOT NULL THEN coalesce(a.period_from, $3) END,
             level_until = CASE WHEN $3::timestamptz IS NOT NULL THEN coalesce(a.level_until, $4) END,
             earned = CASE WHEN $3::timestamptz IS NULL OR a.period_from IS NULL THEN 0 ELSE a.earned END
           FROM placed p WHERE p.customer_id = a.customer_id
             AND (p.before <> p.after OR a.cap IS NOT NULL
                  OR (a.level_until IS NULL) <> ($3::timestamptz IS NULL))""",
        rules.thresholds(table),
        now,
        begins,
        rules.period_end(table.validity, begins) if table.validity and begins else None,
    )


LEVEL_TABLES = Kind(KIND, LevelTable, check, went_live)
