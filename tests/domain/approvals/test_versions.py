"""What operators read of versions: lists, differences, histories; and copies of one."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import approvals
from domain.approvals import Filter, Kind, State, differences
from domain.operators import OperatorIdentity
from kit import clock
from kit.errors import Conflict, Forbidden, NotFound, RuleViolated

_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=8,
)
_documents = st.dictionaries(st.sampled_from("abcd"), _values, max_size=4)


async def live(kind: Kind, code: str, title: str, maker: OperatorIdentity, checker: OperatorIdentity) -> None:
    await approvals.save_draft(kind, code, kind.definition(title), maker)
    await approvals.submit(kind, code, maker)
    await approvals.approve(kind, code, checker)


def test_a_difference_is_told_by_its_path() -> None:
    before = {"name": "一", "rewards": [{"coupon": "a"}, {"experience": 5}], "window": None, "gone": 1}
    after = {"name": "二", "rewards": [{"coupon": "b"}], "window": {"from": "x"}, "more": [1]}
    assert [(one.path, one.change, one.before, one.after) for one in differences(before, after)] == [
        ("name", "changed", "一", "二"),
        ("rewards[0].coupon", "changed", "a", "b"),
        ("rewards[1]", "removed", {"experience": 5}, None),
        ("window", "changed", None, {"from": "x"}),
        ("gone", "removed", 1, None),
        ("more", "added", None, [1]),
    ]


@settings(max_examples=80)
@given(_documents, _documents)
def test_documents_differ_exactly_where_they_are_not_the_same(before: dict[str, Any], after: dict[str, Any]) -> None:
    found = differences(before, after)
    assert not differences(before, before)
    assert bool(found) == _unlike(before, after)
    assert {one.path for one in found} == {one.path for one in differences(after, before)}
    assert len({one.path for one in found}) == len(found)


def _unlike(before: Any, after: Any) -> bool:
    if isinstance(before, dict) and isinstance(after, dict):
        return before.keys() != after.keys() or any(_unlike(before[key], after[key]) for key in before)
    if isinstance(before, list) and isinstance(after, list):
        return len(before) != len(after) or any(map(_unlike, before, after))
    return type(before) is not type(after) or before != after


async def test_lists_are_filtered(
    leaflets: Kind, maker: OperatorIdentity, checker: OperatorIdentity, branch_maker: OperatorIdentity
) -> None:
    await live(leaflets, "spring", "one", maker, checker)
    await approvals.save_draft(leaflets, "summer", leaflets.definition("two"), branch_maker)
    later = clock.now()
    await approvals.save_draft(leaflets, "spring", leaflets.definition("three"), maker)

    async def found(**wanted: Any) -> list[tuple[str, int]]:
        return [(one.code, one.version) for one in await approvals.list_("leaflets", maker, Filter(**wanted))]

    assert await found() == [("spring", 2), ("summer", 1)]
    assert await found(state=State.LIVE) == [("spring", 1)]
    assert await found(branch="SH") == [("summer", 1)]
    assert await found(text="SUM") == [("summer", 1)]
    assert await found(text="%") == []
    assert await found(campaign="autumn") == []
    assert await found(changed_since=later) == [("spring", 2)]
    assert await found(changed_since=clock.now() + timedelta(minutes=1)) == []
    assert await approvals.list_("leaflets", branch_maker, Filter(branch="HQ")) == []


async def test_versions_and_history_are_for_those_who_may_see_them(
    leaflets: Kind, maker: OperatorIdentity, checker: OperatorIdentity, branch_maker: OperatorIdentity
) -> None:
    await live(leaflets, "a", "one", maker, checker)
    await live(leaflets, "a", "two", maker, checker)
    assert [one.version for one in await approvals.versions_of("leaflets", "a", maker, None, 10)] == [2, 1]
    assert [one.version for one in await approvals.versions_of("leaflets", "a", maker, 2, 10)] == [1]
    acts = [(one.version, one.act, one.operator_id) for one in await approvals.history("leaflets", "a", maker)]
    assert acts[:2] == [(2, "approve", checker.operator_id), (1, "supersede", checker.operator_id)]
    assert len(acts) == 7
    for ask in (
        approvals.history("leaflets", "a", branch_maker),
        approvals.versions_of("leaflets", "a", branch_maker, None, 10),
        approvals.version_numbered("leaflets", "a", maker, 3),
    ):
        with pytest.raises(NotFound):
            await ask


async def test_a_copy_is_a_draft_of_its_own(
    leaflets: Kind, maker: OperatorIdentity, checker: OperatorIdentity, branch_maker: OperatorIdentity
) -> None:
    await live(leaflets, "a", "one", maker, checker)
    await approvals.save_draft(leaflets, "a", leaflets.definition("two"), maker)
    copied = (await approvals.copy(leaflets, "a", "b", maker, 1)).version
    assert (copied.code, copied.version, copied.state, copied.body["title"]) == ("b", 1, State.DRAFT, "one")
    assert (await approvals.copy(leaflets, "a", "c", maker)).version.body["title"] == "two"
    with pytest.raises(Conflict) as refused:
        await approvals.copy(leaflets, "a", "b", maker)
    assert refused.value.code == "configuration.code_taken"
    assert (await approvals.version_numbered("leaflets", "b", maker)).body["title"] == "one"
    with pytest.raises(Forbidden):
        await approvals.copy(leaflets, "a", "d", checker)
    with pytest.raises(NotFound):
        await approvals.copy(leaflets, "a", "d", branch_maker)
    with pytest.raises(RuleViolated):
        await approvals.save_draft(leaflets, "d", leaflets.definition("none", 0), maker)
    with pytest.raises(NotFound):
        await approvals.read("leaflets", "d", maker)


async def test_what_was_edited_after_the_checker_read_it_is_refused_with_both_hashes(
    leaflets: Kind, maker: OperatorIdentity, checker: OperatorIdentity
) -> None:
    await approvals.save_draft(leaflets, "a", leaflets.definition("one"), maker)
    read = await approvals.submit(leaflets, "a", maker)
    await approvals.reject(leaflets, "a", checker, "改")
    await approvals.save_draft(leaflets, "a", leaflets.definition("two"), maker)
    edited = await approvals.submit(leaflets, "a", maker)
    with pytest.raises(Conflict) as refused:
        await approvals.approve(leaflets, "a", checker, read.content_hash)
    assert refused.value.code == "approval.content_changed"
    assert refused.value.details == {"approved_hash": read.content_hash, "content_hash": edited.content_hash}
    assert (await approvals.read("leaflets", "a", maker)).latest.state == State.SUBMITTED
