"""What a draft would find, before anything is saved."""

import msgspec
from pyroaring import BitMap64

from domain import customers
from domain.audiences.coverage import Breakdown, breakdown
from domain.audiences.definition import AudienceDefinition
from domain.audiences.kind import check, may_write
from domain.audiences.source import source
from domain.customers import Profile
from domain.operators import OperatorIdentity
from kit import clock, database
from kit.errors import Fault, RuleViolated

SAMPLE = 10
_LONGEST_SECONDS = 20
_DRAFT = ""
"""No audience has this code: a draft by file has nobody yet."""


class Preview(msgspec.Struct, frozen=True):
    """How many, where they are, and some of them, evenly spread."""

    count: int
    where: Breakdown
    sample: list[Profile]


async def preview(operator: OperatorIdentity, definition: AudienceDefinition) -> Preview:
    """Whom a draft finds now among the customers this operator sees; nothing is saved.

    Raises `Forbidden` (`operator.head_office_only`), `RuleViolated` (`audience.impossible` with paths;
    `audience.too_slow` after 20 seconds).
    """
    await may_write(operator, definition)
    await check(_DRAFT, definition)
    async with database.snapshot() as connection:
        await connection.execute(f"SET LOCAL statement_timeout = '{_LONGEST_SECONDS}s'")
        try:
            ids = await source(connection, _DRAFT, definition, operator.within, clock.now(), _LONGEST_SECONDS)
            where = await breakdown(connection, ids)
        except database.TIMED_OUT:
            raise RuleViolated("audience.too_slow", f"试算超过 {_LONGEST_SECONDS} 秒，请缩小范围") from None
        except database.REFUSED as error:
            fault = Fault("sql", "sql.refused", str(error)[:200])
            raise RuleViolated("audience.impossible", "客群设置有误，请按所列路径修改", [fault]) from None
        found = await customers.profiles(connection, _some(ids))
    return Preview(len(ids), where, [found[one] for one in sorted(found)])


def _some(ids: BitMap64) -> list[int]:
    step = max(1, len(ids) // SAMPLE)
    return [ids[place] for place in range(0, min(len(ids), step * SAMPLE), step)]
