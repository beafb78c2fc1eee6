"""Who may do what, where a version may go, and what a content hash stands for."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.approvals import content, rules
from domain.approvals.states import TRANSITIONS, Move, State, after
from domain.operators import OperatorIdentity, Role
from kit.errors import Conflict, Forbidden, NotFound

_documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)


def operator(*roles: Role, branch: str = "HQ", operator_id: int = 1) -> OperatorIdentity:
    return OperatorIdentity(operator_id, "someone", "某人", frozenset(roles), branch)


def test_only_an_approval_makes_a_version_live_for_the_first_time() -> None:
    ways = {(state, move) for (state, move), following in TRANSITIONS.items() if following is State.LIVE}
    assert ways == {
        (State.SUBMITTED, Move.APPROVE),
        (State.CHECKED, Move.APPROVE_BUDGET),
        (State.SCHEDULED, Move.GO_LIVE),
        (State.PAUSED, Move.RESUME),
    }
    assert [s for (s, m), following in TRANSITIONS.items() if following is State.PAUSED] == [State.LIVE]


def test_what_is_superseded_or_ended_stays_so() -> None:
    for state, move in itertools.product((State.SUPERSEDED, State.ENDED), Move):
        with pytest.raises(Conflict) as refused:
            after(state, move)
        assert refused.value.code == "configuration.wrong_state"


def test_the_maker_is_never_the_checker() -> None:
    with pytest.raises(Forbidden) as refused:
        rules.check_checker(operator(Role.MAKER, Role.CHECKER, operator_id=7), maker_id=7)
    assert refused.value.code == "approval.maker_is_checker"
    rules.check_checker(operator(Role.CHECKER, operator_id=8), maker_id=7)


@pytest.mark.parametrize(
    ("role", "moves"),
    [
        (Role.MAKER, {Move.SUBMIT, Move.PAUSE, Move.RESUME, Move.END, Move.UNSCHEDULE}),
        (Role.CHECKER, {Move.APPROVE, Move.REJECT, Move.PAUSE, Move.RESUME, Move.END, Move.UNSCHEDULE}),
        (Role.BUDGET_APPROVER, {Move.APPROVE_BUDGET, Move.REJECT}),
        (Role.AUDITOR, set()),
        (Role.SUPPORT, set()),
        (Role.ADMINISTRATOR, set()),
    ],
)
def test_a_role_allows_its_moves_and_no_other(role: Role, moves: set[Move]) -> None:
    for move in moves:
        rules.check_may(operator(role), move)
    for move in set(rules.MOVERS) - moves:
        with pytest.raises(Forbidden) as refused:
            rules.check_may(operator(role), move)
        assert refused.value.code == "operator.missing_role"


def test_only_makers_write() -> None:
    rules.check_may_write(operator(Role.MAKER))
    with pytest.raises(Forbidden):
        rules.check_may_write(operator(Role.CHECKER, Role.ADMINISTRATOR))


def test_another_branch_is_not_there_and_head_office_sees_all() -> None:
    rules.check_scope(operator(branch="SH"), "SH")
    rules.check_scope(operator(branch="HQ"), "SH")
    for foreign in ("BJ", "HQ"):
        with pytest.raises(NotFound):
            rules.check_scope(operator(branch="SH"), foreign)


def test_approval_is_of_exactly_the_content_read_and_submitted() -> None:
    rules.check_content(None, "a", "a")
    rules.check_content("a", "a", "a")
    for named, actual in (("b", "a"), (None, "b"), ("b", "b")):
        with pytest.raises(Conflict) as refused:
            rules.check_content(named, "a", actual)
        assert refused.value.code == "approval.content_changed"


@settings(max_examples=50)
@given(st.dictionaries(st.text(max_size=5), _documents, min_size=2, max_size=5))
def test_the_hash_does_not_know_the_order_of_keys(body: dict[str, object]) -> None:
    assert content.content_hash(body) == content.content_hash(dict(reversed(body.items())))
