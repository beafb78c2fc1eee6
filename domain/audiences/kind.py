"""Audiences as a kind of configuration."""

import msgspec

from domain import approvals, tags
from domain.approvals import Kind, Version
from domain.audiences import rules
from domain.audiences.catalogue import KIND
from domain.audiences.definition import AudienceDefinition
from domain.audiences.faults import faults
from domain.audiences.rule import tag_tests
from domain.audiences.run_query import query_faults
from domain.operators import OperatorIdentity
from kit import clock
from kit.database import Connection
from kit.errors import Fault, Forbidden, RuleViolated


async def check(code: str, definition: AudienceDefinition) -> None:
    """Raises `RuleViolated` (`audience.impossible`) with the path of each fault."""
    found = await faults_of(code, definition)
    if found:
        raise RuleViolated("audience.impossible", "客群设置有误，请按所列路径修改", found)


async def faults_of(code: str, definition: AudienceDefinition) -> list[Fault]:
    """Everything wrong with a document, also what it names that is not there."""
    found = rules.faults_of(definition)
    if found:
        return found
    if definition.rule is not None:
        return await tags.faults_at(dict(tag_tests(definition.rule)))
    if definition.sql is not None:
        return await query_faults(definition.sql, clock.now())
    if definition.combination is not None:
        parts = list(rules.parts_of(definition.combination))
        for path, part in parts:
            found += await faults(path, [part])
        return found or await _circles(code, definition)
    return []


async def _circles(code: str, definition: AudienceDefinition) -> list[Fault]:
    """Where a combination comes back to the audience itself through those it names."""
    named = {
        version.code: rules.named_by(msgspec.convert(version.body, AudienceDefinition))
        for version in await approvals.live(KIND)
    }
    named[code] = rules.named_by(definition)
    circle = rules.circle(code, named)
    if circle is None:
        return []
    return [Fault("combination", "audience.circle", f"comes back to itself: {' → '.join(circle)}")]


async def went_live(connection: Connection, version: Version) -> None:
    """Its members are worked out at once; until then they stay as the version before had them.

    Raises `RuleViolated` (`audience.impossible`) where it and one approved meanwhile name each other.
    """
    found = await _circles(version.code, msgspec.convert(version.body, AudienceDefinition))
    if found:
        raise RuleViolated("audience.impossible", "客群组合不能首尾相连", found)
    await connection.execute(
        """INSERT INTO audience (code, version_id, edition, members, due_at) VALUES ($1, $2, 0, 0, $3)
           ON CONFLICT (code) DO UPDATE SET version_id = excluded.version_id, due_at = excluded.due_at,
                                            failure = NULL""",
        version.code,
        version.id,
        clock.now(),
    )


async def may_write(operator: OperatorIdentity, definition: AudienceDefinition) -> None:
    """Queries are head office's to write; a branch combines audiences of its own, those below it and head office's.

    Raises `Forbidden` (`operator.head_office_only`), `RuleViolated` (`audience.impossible`).
    """
    if operator.within is None:
        return
    if definition.sql is not None:
        raise Forbidden("operator.head_office_only", "此功能仅供总行使用")
    parts = rules.parts_of(definition.combination) if definition.combination else ()
    found = [fault for path, part in parts for fault in await faults(path, [part], operator.within)]
    if found:
        raise RuleViolated("audience.impossible", "客群设置有误，请按所列路径修改", found)


EXAMPLE = {
    "name": "本月活跃的年轻客户",
    "department": "零售金融部",
    "rule": {
        "all": [
            {"field": "card_product", "in": ["young"]},
            {"did": "purchase", "where": {"mcc": {"in": ["5411"]}}, "at_least": 3, "days": 30},
            {"not": {"status": "collections.open", "is": True}},
        ]
    },
    "refresh": {"daily_at": 3},
}
AUDIENCES = Kind(KIND, AudienceDefinition, check, went_live, may_write=may_write, example=EXAMPLE)
