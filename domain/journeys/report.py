"""How a journey goes: who came in, where they stand, by which exits they left, and whether its goal was reached."""

import msgspec

from domain import approvals
from domain.journeys import texts
from domain.journeys.catalogue import KIND
from domain.journeys.definition import JourneyDefinition, Step
from domain.journeys.graph_rules import in_order
from domain.operators import OperatorIdentity
from kit import database

_OURS = """FROM journey_run r JOIN customer c ON c.id = r.customer_id
           WHERE r.journey = $1 AND ($2::text[] IS NULL OR c.branch = ANY($2))"""


class ExitCount(msgspec.Struct, frozen=True):
    """How often a step was left this way; `code` says why, where it was not the usual one."""

    exit: str
    code: str | None
    number: int


class JourneyStepReport(msgspec.Struct, frozen=True):
    """A step: how many stand on it now, and how often it was left by which exit."""

    step: str
    title: str
    type: str
    standing: int
    exits: list[ExitCount]


class JourneyReport(msgspec.Struct, frozen=True):
    """Over all versions: entered = active + all `ended`, which are by reason. `goal` of them reached it in time."""

    journey: str
    name: str
    version: int
    state: str
    entered: int
    customers: int
    active: int
    ended: dict[str, int]
    goal: int
    steps: list[JourneyStepReport]


async def report(code: str, operator: OperatorIdentity) -> JourneyReport:
    """Of the customers of the operator's branches, on one snapshot. Raises `NotFound` for another branch's journey."""
    latest = await approvals.version_numbered(KIND, code, operator)
    async with database.snapshot() as connection:
        runs = await connection.fetch(
            f"""SELECT r.state, r.end_reason, CASE r.state WHEN 'active' THEN r.step END AS step, count(*) AS number,
                       count(r.goal_at) AS goal {_OURS} GROUP BY 1, 2, 3""",
            code,
            operator.within,
        )
        people = await connection.fetchval(f"SELECT count(DISTINCT r.customer_id) {_OURS}", code, operator.within)
        exits = await connection.fetch(
            f"""SELECT p.step, p.exit, p.code, count(*) AS number FROM journey_path p
                WHERE p.run_id IN (SELECT r.id {_OURS}) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3""",
            code,
            operator.within,
        )
    standing = {row["step"]: row["number"] for row in runs if row["state"] == "active"}
    left: dict[str, list[ExitCount]] = {}
    for row in exits:
        left.setdefault(row["step"], []).append(ExitCount(row["exit"], row["code"], row["number"]))
    definition = msgspec.convert(latest.body, JourneyDefinition)
    return JourneyReport(
        code,
        definition.name,
        latest.version,
        latest.state,
        sum(row["number"] for row in runs),
        people,
        sum(standing.values()),
        {row["end_reason"]: row["number"] for row in runs if row["state"] == "ended"},
        sum(row["goal"] for row in runs),
        [_step(step, definition, standing, left) for step in _codes(definition, standing, left)],
    )


def _codes(definition: JourneyDefinition, standing: dict[str, int], left: dict[str, list[ExitCount]]) -> list[str]:
    """The steps of the latest version as one comes to them, then those only older ones have."""
    return list(dict.fromkeys([*in_order(definition), *sorted(standing), *sorted(left)]))


def _step(
    code: str, definition: JourneyDefinition, standing: dict[str, int], left: dict[str, list[ExitCount]]
) -> JourneyStepReport:
    step: Step | None = definition.steps.get(code)
    title, kind = (texts.title_of(step), texts.kind_of(step)) if step else (code, "")
    return JourneyStepReport(code, title, kind, standing.get(code, 0), left.get(code, []))
