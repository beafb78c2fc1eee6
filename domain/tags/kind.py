"""Tags as a kind of configuration."""

from domain import approvals
from domain.approvals import Kind, State, Version
from domain.tags.catalogue import KIND, catalogue, tag_of
from domain.tags.definition import TagDefinition
from domain.tags.faults import faults_at
from domain.tags.rules import circle_through, depends_on, faults_of, tests_of
from kit import database
from kit.database import Connection
from kit.errors import Fault, RuleViolated


async def check(code: str, definition: TagDefinition) -> None:
    """Raises `RuleViolated` (`tag.impossible`) with the path of each fault."""
    faults = faults_of(code, definition)
    if not faults:
        await catalogue.refresh()
        faults = [*await _change_faults(code, definition), *await _expression_faults(code, definition)]
    if faults:
        raise RuleViolated("tag.impossible", "标签设置有误，请按所列路径修改", faults)


async def _change_faults(code: str, definition: TagDefinition) -> list[Fault]:
    """What is asked of a tag relies on its type, and values that were told cannot be computed. Both may change once
    the tag has ended and its values are gone.
    """
    known = await approvals.ever_live(KIND, code)
    standing = bool(known) and known[-1].state != State.ENDED
    if not known or not (
        standing or await database.fetchval("SELECT true FROM tag_value WHERE tag = $1 LIMIT 1", code)
    ):
        return []
    before = tag_of(known[-1]).definition
    faults: list[Fault] = []
    if before.type != definition.type:
        faults.append(Fault("type", "tag.type_is_kept", f"it is a {before.type}, and others may ask for it as one"))
    if (before.source.imported is None) != (definition.source.imported is None):
        detail = "what is told by files and what is computed are different tags"
        faults.append(Fault("source", "tag.source_is_kept", detail))
    return faults


async def _expression_faults(code: str, definition: TagDefinition) -> list[Fault]:
    """Tags a composite one is made of are live, and none is made of it."""
    expression = definition.source.expression
    if expression is None:
        return []
    tests = dict(tests_of(expression, "source.expression"))
    circles = [
        Fault(f"{path}.tag", "tag.circle", " → ".join(circle))
        for path, test in tests.items()
        if (circle := circle_through({**_edges(), code: [test.tag]}, code))
    ]
    return circles or await faults_at({path: test for path, test in tests.items() if test.tag != code})


def _edges() -> dict[str, list[str]]:
    return {tag.code: depends_on(tag.definition) for tag in catalogue.standing.values()}


async def went_live(connection: Connection, version: Version) -> None:
    """Make room for the values; they are computed by the worker's next run.

    Two drafts may each be right and close a circle together: the second is refused here, where the live set stands
    still. Raises `RuleViolated` (`tag.circle`).
    """
    standing = await approvals.in_states(KIND, (State.LIVE, State.PAUSED))
    edges = {one.code: depends_on(tag_of(one).definition) for one in (*standing, version)}
    circle = circle_through(edges, version.code)
    if circle:
        fault = Fault("source.expression", "tag.circle", " → ".join(circle))
        raise RuleViolated(fault.code, f"标签互相引用，形成了循环：{fault.detail}", [fault])
    await connection.execute("INSERT INTO tag_state (tag) VALUES ($1) ON CONFLICT DO NOTHING", version.code)


EXAMPLE = {
    "name": "加油大户",
    "department": "信用卡中心",
    "classification": {"first": "消费行为", "second": "消费能力"},
    "type": "number",
    "source": {
        "transactions": {"item": "purchase.amount", "days": 90, "where": {"mcc": {"in": ["5541", "5542"]}}},
    },
    "refresh": {"at_hour": 6},
}
TAGS = Kind(KIND, TagDefinition, check, went_live, example=EXAMPLE)
