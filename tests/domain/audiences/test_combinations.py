"""Combinations are algebra over sets, and never come back to themselves."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap64

from domain import approvals
from domain.audiences import AUDIENCES
from domain.audiences.definition import AudienceDefinition, Combination, Daily
from domain.audiences.pieces import SPAN_BITS, pieces_of, whole
from domain.audiences.rules import circle, combined, due_after
from kit.errors import RuleViolated
from tests.domain.audiences.stage import audience, customer, document, inside, put, worked_out
from tests.domain.coupons.stage import CHECKER, MAKER
from tests.domain.tasks.time_machine import TimeMachine

CODES = ("a", "b", "c")
IDS = st.sets(st.integers(0, 30))
TREES = st.recursive(
    st.sampled_from(CODES),
    lambda inner: st.builds(
        lambda kind, some: {kind: some}, st.sampled_from(("all", "any", "not")), st.lists(inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
).filter(lambda tree: isinstance(tree, dict))


def naively(tree: Any, sets: dict[str, set[int]], everybody: set[int]) -> set[int]:
    if isinstance(tree, str):
        return sets[tree] & everybody
    [(kind, children)] = tree.items()
    found = [naively(child, sets, everybody) for child in children]
    if kind == "all":
        return set.intersection(*found)
    return set.union(*found) if kind == "any" else everybody - set.union(*found)


@given(tree=TREES, a=IDS, b=IDS, c=IDS, everybody=IDS)
def test_a_combination_is_set_algebra(tree: Any, a: set[int], b: set[int], c: set[int], everybody: set[int]) -> None:
    sets = {"a": a, "b": b, "c": c}
    bitmaps = {code: BitMap64(ids) for code, ids in sets.items()}
    found = combined(msgspec.convert(tree, Combination), bitmaps.__getitem__, BitMap64(everybody))
    assert set(found) == naively(tree, sets, everybody)
    assert {code: set(ids) for code, ids in bitmaps.items()} == sets, "the parts are left as they were"


@given(ids=st.sets(st.one_of(st.integers(0, 40), st.integers((1 << SPAN_BITS) - 9, 5 << SPAN_BITS), st.just(1 << 40))))
def test_pieces_are_the_whole(ids: set[int]) -> None:
    pieces = pieces_of(BitMap64(ids))
    assert set(whole(piece.bits for piece in pieces)) == ids
    assert sum(piece.members for piece in pieces) == len(ids)
    for piece in pieces:
        assert {one >> SPAN_BITS for one in whole([piece.bits])} == {piece.number}


@given(named=st.dictionaries(st.sampled_from("abcd"), st.sets(st.sampled_from("abcde"), max_size=3)))
def test_a_circle_is_found_wherever_there_is_one(named: dict[str, set[str]]) -> None:
    reached, ahead = set[str](), set(named.get("a", ()))
    while ahead:
        reached |= ahead
        ahead = {far for near in ahead for far in named.get(near, ())} - reached
    found = circle("a", named)
    assert (found is not None) is ("a" in reached)
    if found:
        assert found[0] == found[-1] == "a"
        assert all(far in named[near] for near, far in pairwise(found))


async def test_a_combination_is_worked_out_after_its_parts(database: str, time_machine: TimeMachine) -> None:
    first, second = await customer(stage="payer"), await customer()
    await audience("z-payers")
    await audience("a-others", combination={"not": ["z-payers"]})
    assert inside("a-others", [first, second]) == {second}
    await put(first, stage="base")
    await put(second, stage="payer")
    time_machine(days=1)
    assert await worked_out() == 2
    assert inside("a-others", [first, second]) == {first}


async def test_members_of_an_audience_that_ended_are_in_no_combination(
    database: str, time_machine: TimeMachine
) -> None:
    payer = await customer(stage="payer")
    await audience("payers")
    await audience("both", combination={"any": ["payers"]})
    assert inside("both", [payer]) == {payer}
    await approvals.end(AUDIENCES, "payers", MAKER)
    time_machine(days=1)
    await worked_out()
    assert inside("both", [payer]) == set()


async def test_a_circle_is_refused(database: str) -> None:
    await audience("one")
    await audience("two", combination={"all": ["one"]})
    await audience("three", combination={"any": [{"not": ["two"]}]})
    with pytest.raises(RuleViolated) as refused:
        await audience("one", combination={"all": ["three"]})
    [fault] = refused.value.faults
    assert (fault.code, fault.detail) == ("audience.circle", "comes back to itself: one → three → two → one")


async def test_a_circle_of_two_that_are_approved_one_after_the_other_is_refused(database: str) -> None:
    await audience("one")
    await audience("two")
    for code, other in (("one", "two"), ("two", "one")):
        body = msgspec.convert(document(combination={"all": [other]}), AUDIENCES.definition)
        await approvals.save_draft(AUDIENCES, code, body, MAKER)
        await approvals.submit(AUDIENCES, code, MAKER)
    await approvals.approve(AUDIENCES, "one", CHECKER)
    with pytest.raises(RuleViolated, match="audience.impossible"):
        await approvals.approve(AUDIENCES, "two", CHECKER)


def test_members_that_are_due_at_an_hour() -> None:
    three = AudienceDefinition("n", refresh=Daily(3))
    at = datetime(2026, 11, 1, 18, 59, tzinfo=UTC)  # a minute before three in Shanghai
    assert due_after(three, at) == at + timedelta(minutes=1)
    assert due_after(three, at + timedelta(minutes=1)) == at + timedelta(minutes=1, days=1)
    assert due_after(AudienceDefinition("n", refresh="once"), at) is None
