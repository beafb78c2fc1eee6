"""A tag goes the way of every configuration, and what could never work is refused with its path."""

from typing import Any

import msgspec
import pytest

from domain import approvals
from domain.bundles import bring_in, take_out
from domain.tags import TAGS
from domain.tags.definition import TagDefinition
from kit import database as db
from kit.errors import RuleViolated
from server.kinds import KINDS
from tests.domain.coupons.stage import CHECKER, MAKER
from tests.domain.tags.stage import computed, document, live_tag, people, states, values_of


async def refusal(code: str, type: str, source: dict[str, Any], **more: Any) -> list[tuple[str, str]]:
    definition = msgspec.convert(document(type, source, **more), TagDefinition)
    with pytest.raises(RuleViolated) as refused:
        await approvals.save_draft(TAGS, code, definition, MAKER)
    assert await db.fetchval("SELECT count(*) FROM configuration WHERE code = $1 AND state = 'draft'", code) == 0
    return [(fault.path, fault.code) for fault in refused.value.faults]


def tree(depth: int) -> dict[str, Any]:
    return {"not": tree(depth - 1)} if depth > 1 else {"tag": "vip", "is": True}


SPENT = {"item": "purchase.amount", "days": 30}


@pytest.mark.parametrize(
    ("type", "source", "more", "expected"),
    [
        ("flag", {"field": "stage", "imported": {}}, {}, [("source", "tag.unclear_source")]),
        ("flag", {"field": "stage"}, {}, [("type", "tag.type_does_not_fit")]),
        ("text", {"field": "level"}, {"values": ["1"]}, [("type", "tag.type_does_not_fit")]),
        ("text", {"imported": {}}, {}, [("values", "tag.no_values")]),
        ("text", {"imported": {}}, {"values": ["a", "b", "a"]}, [("values[2]", "tag.repeated")]),
        ("flag", {"imported": {}}, {"values": ["a"]}, [("values", "tag.no_text")]),
        ("number", {"transactions": SPENT}, {"fresh_for_days": 3}, [("fresh_for_days", "tag.not_imported")]),
        (
            "number",
            {"transactions": {**SPENT, "item": "purchase.streak"}},
            {},
            [("source.transactions.item", "tag.unknown_item")],
        ),
        (
            "number",
            {"transactions": {**SPENT, "where": {"mcc": {"in": ["55"]}, "shop": {"in": ["x"]}}}},
            {},
            [
                ("source.transactions.where.mcc.in", "condition.wrong_value"),
                ("source.transactions.where.shop", "condition.unknown_field"),
            ],
        ),
        ("flag", {"expression": {"all": []}}, {}, [("source.expression.all", "tag.empty")]),
        ("flag", {"expression": {"tag": "vip"}}, {}, [("source.expression", "tag.unclear_test")]),
        (
            "flag",
            {"expression": {"any": [{"tag": "vip", "is": True, "not": {"tag": "vip", "is": True}}]}},
            {},
            [("source.expression.any[0]", "tag.unclear_expression")],
        ),
        ("flag", {"expression": tree(6)}, {}, [("source.expression.not.not.not.not.not", "tag.too_deep")]),
        (
            "flag",
            {"expression": {"all": [{"tag": "vip", "at_least": 1}, {"not": {"tag": "nobody", "exists": True}}]}},
            {},
            [
                ("source.expression.all[0]", "tag.test_does_not_fit"),
                ("source.expression.all[1].not.tag", "tag.unknown_reference"),
            ],
        ),
    ],
)
async def test_what_could_never_work_is_refused_with_its_path(
    database: str, type: str, source: dict[str, Any], more: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    await live_tag("vip")
    assert await refusal("new", type, source, **more) == expected


async def test_a_code_fits_the_table(database: str) -> None:
    assert await refusal("x" * 33, "flag", {"imported": {}}) == [("code", "tag.code_too_long")]


async def test_a_tag_is_not_made_of_itself_by_any_way(database: str) -> None:
    await live_tag("base")
    await live_tag("a", source={"expression": {"tag": "base", "is": True}})
    await live_tag("b", source={"expression": {"not": {"tag": "a", "is": True}}})
    circle = {"expression": {"any": [{"tag": "base", "is": True}, {"tag": "b", "is": True}]}}
    assert await refusal("a", "flag", circle) == [("source.expression.any[1].tag", "tag.circle")]
    assert await refusal("c", "flag", {"expression": {"tag": "c", "is": True}}) == [
        ("source.expression.tag", "tag.circle")
    ]


async def test_two_drafts_that_close_a_circle_together_do_not_both_go_live(database: str) -> None:
    await live_tag("base")
    for code in ("a", "b"):
        await live_tag(code, source={"expression": {"tag": "base", "is": True}})
    for code, other in (("a", "b"), ("b", "a")):
        definition = msgspec.convert(document(source={"expression": {"tag": other, "is": True}}), TagDefinition)
        await approvals.save_draft(TAGS, code, definition, MAKER)
        await approvals.submit(TAGS, code, MAKER)
    await approvals.approve(TAGS, "a", CHECKER)
    with pytest.raises(RuleViolated, match="tag.circle"):
        await approvals.approve(TAGS, "b", CHECKER)


async def test_type_and_way_in_stay_while_there_are_values(database: str) -> None:
    await people("C1")
    await live_tag("stage", "text", {"field": "stage"}, values=["base"])
    assert await refusal("stage", "number", {"field": "level"}) == [("type", "tag.type_is_kept")]
    assert await refusal("stage", "text", {"imported": {}}, values=["base"]) == [("source", "tag.source_is_kept")]
    await computed()
    await approvals.end(TAGS, "stage", MAKER)
    assert await refusal("stage", "number", {"field": "level"}) == [("type", "tag.type_is_kept")]
    await computed()
    await live_tag("stage", "number", {"field": "level"})
    await computed()
    assert await values_of("stage") == {"C1": 0}


async def test_drafts_are_written_copied_and_carried_between_environments(database: str) -> None:
    await live_tag("vip")
    await live_tag("plain", source={"expression": {"tag": "vip", "is": False}})
    await approvals.copy(TAGS, "plain", "plain-2", MAKER)
    assert (await approvals.read("tags", "plain-2", MAKER)).latest.state == "draft"
    assert list(await states()) == ["vip", "plain"], "a draft has no values"
    bundle = await take_out([("tags", "plain"), ("tags", "vip")], MAKER)
    await db.execute("DELETE FROM configuration_move")
    await db.execute("DELETE FROM configuration")
    brought = await bring_in(KINDS, bundle, MAKER, dry_run=False)
    assert sorted((one.code, one.outcome) for one in brought) == [("plain", "new"), ("vip", "new")]
