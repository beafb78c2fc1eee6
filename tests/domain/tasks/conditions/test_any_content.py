"""What holds for every content and every history: the order of telling never matters."""

from datetime import timedelta
from random import Random
from typing import Any

import msgspec
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.events import Event
from domain.tasks.conditions import Node, Program, Span, compile_content, exact_states, net, parse
from kit.errors import RuleViolated
from tests.domain.tasks.conditions.strategies import contents, histories, moments, without_take_backs
from tests.domain.tasks.making import Condition, compiled

spans = st.builds(
    lambda begins, days, billing: Span(begins, begins + timedelta(days=days) if days else None, billing),
    moments(),
    st.integers(0, 20),
    st.sampled_from([1, 17, 31]),
)


def exact(program: Program, events: list[Event], span: Span) -> list[Any]:
    return exact_states(program.leaves, net(events), span)


@given(contents(), without_take_backs(), spans, st.randoms())
def test_event_by_event_in_any_order_comes_to_the_same_as_all_at_once(
    content: Condition, events: list[Event], span: Span, chance: Random
) -> None:
    program = compiled(content)
    told = list(events)
    chance.shuffle(told)
    states = program.start()
    for event in told:
        for leaf in program.leaves:
            if leaf.item.event_type == event.type:
                states[leaf.index] = leaf.add(states[leaf.index], event, event.amount_fen, span)
    assert states == exact(program, events, span)


@given(contents(), histories(), spans, st.randoms())
def test_with_refunds_too_the_order_of_telling_does_not_matter(
    content: Condition, events: list[Event], span: Span, chance: Random
) -> None:
    program = compiled(content)
    told = list(events)
    chance.shuffle(told)
    assert exact(program, told, span) == exact(program, events, span)


@given(contents(), histories(), spans)
def test_states_survive_being_stored(content: Condition, events: list[Event], span: Span) -> None:
    program = compiled(content)
    half = len(events) // 2
    states = exact(program, [event for event in events[:half] if event.type != "refund"], span)
    stored = msgspec.json.decode(msgspec.json.encode(states))
    assert stored == states
    for leaf in program.leaves:
        for event in events[half:]:
            if leaf.item.event_type == event.type:
                before = states[leaf.index], stored[leaf.index]
                after = [leaf.add(state, event, event.amount_fen, span) for state in before]
                assert after[0] == after[1]


@given(histories())
def test_nothing_is_worth_less_than_nothing_or_more_than_it_was(events: list[Event]) -> None:
    netted = net(events)
    assert all(0 <= amount <= event.amount_fen for event, amount in netted.counted)
    assert all(0 < amount <= event.amount_fen for event, amount in netted.unlinked)


@given(contents(), without_take_backs(), spans)
def test_a_further_event_never_takes_progress_away(content: Condition, events: list[Event], span: Span) -> None:
    program = compiled(content)
    assume(all(leaf.item.category != "status" for leaf in program.leaves))  # it may be told away before the claim
    reached = [program.percent(exact(program, events[:number], span)) for number in range(len(events) + 1)]
    assert reached == sorted(reached)


@given(contents(), histories(), spans)
def test_a_hundred_percent_is_exactly_done(content: Condition, events: list[Event], span: Span) -> None:
    program = compiled(content)
    states = exact(program, events, span)
    assert 0 <= program.percent(states) <= 100
    assert (program.percent(states) == 100) is program.completes(states)
    assert [one.done for one in program.progress(states)] == [
        one.current >= one.target for one in program.progress(states)
    ]


@given(contents())
def test_every_content_of_the_strategy_is_accepted_and_labelled(content: Condition) -> None:
    program = compile_content(msgspec.convert(content, Node))
    assert len(program.labels) == len(program.leaves) > 0
    assert all(program.labels)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**14) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(contents(3), st.data())
def test_any_junk_in_a_content_is_accepted_or_refused_with_a_path(content: Condition, data: st.DataObject) -> None:
    broken = content
    while children := next((broken[name] for name in ("all", "any", "of") if name in broken), None):
        broken = data.draw(st.sampled_from(children))
    key = data.draw(st.sampled_from(["category", "item", "at_least", "is", "window", "where"]))
    broken[key] = data.draw(json_values)
    faults = faults_of(content)
    assert faults is None or (faults and all(path.startswith("content") for path in faults))


def faults_of(content: Condition) -> list[str] | None:
    """The paths a content is refused with; None where it is accepted or not even of the shape of one."""
    try:
        parse(msgspec.convert(content, Node))
    except RuleViolated as refused:
        return [fault.path for fault in refused.faults]
    except msgspec.ValidationError:
        return None
    return None
