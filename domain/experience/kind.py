"""Level tables as a kind of configuration."""

import msgspec

from domain.approvals import Kind, Version
from domain.experience import rules
from domain.experience.catalogue import CODE, KIND
from domain.experience.definition import LevelTable
from kit import clock
from kit.database import Connection
from kit.errors import RuleViolated


async def check(code: str, definition: LevelTable) -> None:
    """Raises `RuleViolated` (`level_table.impossible`) with the path of each fault."""
    faults = rules.faults_of(definition)
    if faults:
        raise RuleViolated("level_table.impossible", "等级表设置有误，请按所列路径修改", faults)


async def went_live(connection: Connection, version: Version) -> None:
    """Move every account to the rank its balance has in the new table.

    Nobody earns meanwhile: `add` shares the live set, which the approval holds.
    """
    if version.code != CODE:
        return
    table = msgspec.convert(version.body, LevelTable)
    await connection.execute(
        """UPDATE experience_account
           SET rank = greatest(width_bucket(balance, $1::bigint[]) - 1, 0), rank_since = $2,
               change_no = nextval('change_no')
           WHERE rank <> greatest(width_bucket(balance, $1::bigint[]) - 1, 0)""",
        rules.thresholds(table),
        clock.now(),
    )


LEVEL_TABLES = Kind(KIND, LevelTable, check, went_live)
