"""What a test of a tag says of a customer is what its SQL finds, and tests that do not fit are refused."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from domain import tags
from domain.tags import TagDefinition, TagTest
from domain.tags.catalogue import Tag
from domain.tags.wanted import Set, wanted
from kit import clock
from kit import database as db
from tests.domain.tags.stage import document, live_tag, people

NUMBERS = [f"C{number}" for number in range(6)]
VALUES = {"flag": st.booleans(), "number": st.integers(-3, 3), "text": st.sampled_from("abc")}
CODES = list(VALUES)
tests = st.one_of(
    st.builds(TagTest, st.just("flag"), is_=st.booleans()),
    st.builds(TagTest, st.just("number"), at_least=st.integers(-4, 4)),
    st.builds(TagTest, st.just("number"), at_most=st.integers(-4, 4)),
    st.builds(TagTest, st.just("text"), is_=st.sampled_from("abc")),
    st.builds(TagTest, st.just("text"), in_=st.lists(st.sampled_from("abc"), min_size=1, max_size=3)),
    st.builds(TagTest, st.sampled_from(CODES), exists=st.booleans()),
)
rows = st.fixed_dictionaries({}, optional={(code, who): VALUES[code] for code in CODES for who in range(len(NUMBERS))})
trees = st.recursive(
    tests.map(msgspec.to_builtins),
    lambda inner: st.one_of(
        st.builds(lambda one: {"not": one}, inner),
        st.builds(
            lambda name, some: {name: some}, st.sampled_from(["all", "any"]), st.lists(inner, min_size=1, max_size=3)
        ),
    ),
    max_leaves=6,
)
_any_database = settings(
    deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.reuse, Phase.generate]
)


async def give(ids: list[int], held: Mapping[tuple[str, int], Any]) -> None:
    """Exactly these values are held."""
    now = clock.now()
    await db.execute("DELETE FROM tag_value")
    await db.executemany(
        "INSERT INTO tag_value (tag, customer_id, flag, number, text, as_of) VALUES ($1, $2, $3, $4, $5, $6)",
        [
            (code, ids[who], *(value if code == one else None for one in CODES), now)
            for (code, who), value in held.items()
        ],
    )


@_any_database
@given(held=rows, asked=st.lists(tests, min_size=1, max_size=8))
async def test_a_test_holds_for_exactly_those_its_query_finds(
    database: str, held: dict[tuple[str, int], Any], asked: list[TagTest]
) -> None:
    ids = await people(*NUMBERS)
    await db.execute("INSERT INTO tag_state (tag) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING", CODES)
    await give(ids, held)
    async with db.connection() as connection:
        known = await tags.values(connection, ids, CODES)
        assert known == {one: {code: value for (code, who), value in held.items() if ids[who] == one} for one in ids}
        for test in asked:
            sql, values = tags.matching(test)
            found = [row["customer_id"] for row in await connection.fetch(sql, *values)]
            assert sorted(found) == [one for one in sorted(ids) if tags.holds(test, known[one].get(test.tag))], test


def fits(node: dict[str, Any], held: Mapping[str, Any]) -> bool:
    """A tree, judged test by test."""
    if "not" in node:
        return not fits(node["not"], held)
    for name, together in (("all", all), ("any", any)):
        if name in node:
            return together(fits(one, held) for one in node[name])
    return tags.holds(msgspec.convert(node, TagTest), held.get(node["tag"]))


@_any_database
@given(held=rows, tree=trees)
async def test_a_composite_tag_is_had_by_exactly_those_its_tree_fits(
    database: str, held: dict[tuple[str, int], Any], tree: dict[str, Any]
) -> None:
    ids = await people(*NUMBERS)
    await db.execute("INSERT INTO tag_state (tag) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING", CODES)
    await give(ids, held)
    tag = Tag(1, "new", "HQ", False, msgspec.convert(document(source={"expression": tree}), TagDefinition))
    async with db.connection() as connection:
        known = await tags.values(connection, ids, CODES)
        query, values = wanted(tag, Set(min(ids) - 1, max(ids), clock.now(), None))
        found = await connection.fetch(f"SELECT w.customer_id, $1::text FROM ({query}) w WHERE w.flag", *values)
    assert sorted(row["customer_id"] for row in found) == [one for one in sorted(ids) if fits(tree, known[one])]


@pytest.mark.parametrize(
    "text", ['{"tag": "a"}', '{"tag": "a", "is": true, "exists": true}', '{"tag": "a", "equals": 1}']
)
def test_a_test_asks_exactly_one_known_thing(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=TagTest)


async def test_tests_are_refused_where_the_tag_is_unknown_or_of_another_type(database: str) -> None:
    await live_tag("vip")
    await live_tag("score", "number")
    await live_tag("city", "text", values=["深圳"])
    asked = [
        TagTest("vip", is_=True),
        TagTest("vip", at_least=1),
        TagTest("score", is_="1"),
        TagTest("city", in_=["深圳", "广州"]),
        TagTest("city", exists=False),
        TagTest("nobody", exists=True),
    ]
    assert [(one.path, one.code) for one in await tags.faults("tests", asked)] == [
        ("tests[1]", "tag.test_does_not_fit"),
        ("tests[2]", "tag.test_does_not_fit"),
        ("tests[3]", "tag.test_does_not_fit"),
        ("tests[5].tag", "tag.unknown_reference"),
    ]
