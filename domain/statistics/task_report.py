"""How a task is doing, to the last commit."""

import msgspec

from domain.operators import OperatorIdentity
from domain.statistics import rules
from domain.statistics.counting import difference
from domain.statistics.source import BY_NAME
from kit import database

_SOURCES = ("claims", "rewards", "debts")


class TaskReport(msgspec.Struct, frozen=True):
    """Claims over all versions of a task; see `rules.funnel_row`."""

    claimed: int
    completed: int
    rewarded: int
    expired: int
    clawed_back: int
    cost_fen: int


async def task_report(operator: OperatorIdentity, code: str) -> TaskReport:
    """The figures of the operator's branches and what was committed since they were counted; the caller has checked
    that the task may be seen.
    """
    branches = operator.within
    async with database.snapshot() as connection:
        found = [
            rules.Sum(source, code, *row)
            for source in _SOURCES
            for row in await connection.fetch(_since(source), code, branches)
        ]
        found += [
            rules.Sum(row["source"], code, row["measure"], row["number"], row["amount"])
            for row in await connection.fetch(_COUNTED, list(_SOURCES), code, branches)
        ]
    merged: dict[tuple[str, str], tuple[int, int]] = {}
    for one in found:
        number, amount = merged.get((one.source, one.measure), (0, 0))
        merged[one.source, one.measure] = (number + one.number, amount + one.amount)
    row = rules.funnel_row(merged)
    return TaskReport(**{name: row[name] for name in TaskReport.__struct_fields__})


def _since(source: str) -> str:
    done = f"coalesce((SELECT done FROM counting_mark WHERE source = '{source}'), 0)"
    changed = difference(BY_NAME[source], done, "9223372036854775807", "r.subject = $1")
    return f"""WITH {changed} SELECT measure, sum(number)::bigint, sum(amount)::bigint FROM delta
               WHERE $2::text[] IS NULL OR branch = ANY($2) GROUP BY measure"""


_COUNTED = """SELECT source, measure, sum(number)::bigint AS number, sum(amount)::bigint AS amount FROM figure
              WHERE source = ANY($1::text[]) AND subject = $2 AND ($3::text[] IS NULL OR branch = ANY($3))
              GROUP BY 1, 2"""
