"""The gate before a supplier, as numbers: never faster than its rate, shut after silence, one request to try."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.benefits import GrantState, SupplierApi
from domain.suppliers import rules
from domain.suppliers.rules import Allowance, Gate

NOW = datetime(2026, 11, 25, tzinfo=UTC)
LIMITS = SupplierApi("http://there", requests_per_second=10, failures_to_open=3, open_seconds=30)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@given(st.lists(st.tuples(st.floats(0, 5), st.integers(0, 100)), max_size=40), st.sampled_from([0.1, 1.0, 3.5, 50.0]))
def test_over_any_time_no_more_is_let_through_than_the_rate_and_one_bucket(
    steps: list[tuple[float, int]], rate: float
) -> None:
    limits = SupplierApi("http://there", requests_per_second=rate)
    gate, passed, calls = rules.new_gate(limits, NOW), 0.0, 0
    for seconds, wanted in steps:
        passed += seconds
        allowed, gate = rules.admit(gate, limits, after(passed))
        made = min(wanted, allowed.calls)
        calls, gate = calls + made, rules.spent(gate, made)
        assert calls <= max(2.0, rate) + passed * rate + 1e-3


def test_silence_in_a_row_shuts_the_gate_and_one_answer_opens_it() -> None:
    gate = rules.heard(rules.new_gate(LIMITS, NOW), LIMITS, [False, False, True, False, False], NOW)
    assert (gate.failures, gate.open_until) == (2, None)
    gate = rules.heard(gate, LIMITS, [False], NOW)
    assert (gate.failures, gate.open_until) == (3, after(30))
    assert rules.admit(gate, LIMITS, after(29))[0] == Allowance(0, 0)
    allowed, trying = rules.admit(gate, LIMITS, after(30))
    assert allowed.requests == 1
    assert rules.admit(trying, LIMITS, after(31))[0] == Allowance(0, 0), "somebody is trying already"
    assert rules.heard(trying, LIMITS, [False], after(31)).open_until == after(61)
    assert rules.heard(trying, LIMITS, [True], after(31)) == Gate(trying.tokens, trying.at)


def test_a_clock_that_was_put_back_neither_fills_the_bucket_nor_shuts_the_gate_for_ever() -> None:
    gate = Gate(0.0, after(86_400), 3, after(86_430))
    allowed, gate = rules.admit(gate, LIMITS, NOW)
    assert (allowed.calls, gate.at) == (0, NOW)
    assert rules.admit(gate, LIMITS, after(31))[0].requests == 1


def test_waiting_grows_to_a_quarter_of_an_hour() -> None:
    waits = [rules.wait_after(attempts).total_seconds() for attempts in (1, 2, 3, 7, 1_000)]
    assert waits == [15, 30, 60, 900, 900]


@pytest.mark.parametrize(
    ("state", "used_before", "why"),
    [
        (None, False, "code.unknown"),
        (GrantState.VOIDED, False, "grant.voided"),
        (GrantState.FAILED, False, "grant.failed"),
        (GrantState.REDEEMED, True, "grant.used_twice"),
        (GrantState.REDEEMED, False, None),
        (GrantState.EXPIRED, False, None),
        (GrantState.ISSUING, False, None),
    ],
)
def test_why_a_usage_is_parked(state: GrantState | None, used_before: bool, why: str | None) -> None:
    assert rules.why_parked(state, used_before, "code.unknown") == why
