"""Cycles, spans and windows of claims, without a database."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from domain.customers import Profile
from domain.tasks import rules
from domain.tasks.definition import TaskDefinition
from domain.tasks.states import DONE, RUNNING, TRANSITIONS, ClaimState, after_completion_lost, shown
from tests.domain.tasks.making import at, cumulative

LIVE, NOW = at("2026-11-18 15:30"), at("2026-11-20 10:00")
WEEK = timedelta(days=7)
NOBODY = Profile(1, "C1", "", "base", None, None)


def definition(visible: dict[str, Any] | None = None, **claim: Any) -> TaskDefinition:
    terms = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in claim.items()}
    body = {"name": "n", "kind": "growth", "content": cumulative("purchase.count", 1), "claim": terms}
    return msgspec.convert({**body, "visible": visible or {}}, TaskDefinition)


@pytest.mark.parametrize(
    ("cycle", "name"), [("once", "once"), ("daily", "2026-11-20"), ("weekly", "2026-W47"), ("monthly", "2026-11")]
)
def test_the_name_of_a_cycle(cycle: str, name: str) -> None:
    assert rules.cycle_of(definition(cycle=cycle), NOW) == name
    begins, ends = rules.cycle_bounds(definition(cycle=cycle), NOW)
    assert begins <= NOW < ends
    if cycle != "once":
        assert rules.cycle_of(definition(cycle=cycle), begins) == name != rules.cycle_of(definition(cycle=cycle), ends)


@pytest.mark.parametrize(
    ("terms", "ends"),
    [
        ({}, None),
        ({"days_to_finish": 30}, NOW + timedelta(days=30)),
        ({"cycle": "daily"}, at("2026-11-21 00:00")),
        ({"cycle": "weekly"}, at("2026-11-23 00:00")),
        ({"cycle": "monthly"}, at("2026-12-01 00:00")),
        ({"cycle": "daily", "days_to_finish": 3}, NOW + timedelta(days=3)),
    ],
)
def test_when_a_claim_expires(terms: dict[str, Any], ends: datetime | None) -> None:
    assert rules.expiry(definition(**terms), NOW) == ends


@pytest.mark.parametrize(
    ("terms", "event", "begins", "ends"),
    [
        ({}, "2026-11-30 12:00", LIVE, None),
        ({}, "2026-01-01 12:00", LIVE, None),
        ({"from": at("2026-11-01 00:00")}, "2026-11-30 12:00", at("2026-11-01 00:00"), None),
        ({"days_to_finish": 7}, "2026-11-19 12:00", LIVE, LIVE + WEEK),
        ({"cycle": "daily"}, "2026-11-18 16:00", LIVE, at("2026-11-19 00:00")),
        ({"cycle": "daily"}, "2026-11-19 16:00", at("2026-11-19 00:00"), at("2026-11-20 00:00")),
        ({"cycle": "weekly"}, "2026-11-24 16:00", at("2026-11-23 00:00"), at("2026-11-30 00:00")),
    ],
)
def test_an_automatic_claim_begins_when_it_first_could(
    terms: dict[str, Any], event: str, begins: datetime, ends: datetime | None
) -> None:
    assert rules.automatic_span(definition(**terms), LIVE, at(event)) == (begins, ends)


UNTIL = at("2026-11-19 00:00")


@pytest.mark.parametrize(
    ("terms", "occurred", "now", "may"),
    [
        ({}, "2026-01-01 12:00", NOW, True),
        ({"from": NOW + WEEK}, "2026-11-20 09:00", NOW, False),
        ({"until": UNTIL}, "2026-11-18 23:59", UNTIL + WEEK - timedelta(seconds=1), True),
        ({"until": UNTIL}, "2026-11-18 23:59", UNTIL + WEEK, False),
        ({"until": UNTIL}, "2026-11-19 00:00", NOW, False),
        ({"cycle": "daily"}, "2026-11-17 12:00", NOW, False),
        ({"cycle": "daily"}, "2026-11-18 01:00", NOW, True),
        ({"cycle": "monthly"}, "2026-11-01 12:00", NOW, True),
        ({"cycle": "monthly"}, "2026-10-31 12:00", NOW, False),
    ],
)
def test_which_events_may_open_a_claim(terms: dict[str, Any], occurred: str, now: datetime, may: bool) -> None:
    assert rules.automatically_claimable(definition(**terms), LIVE, at(occurred), now, WEEK) is may


@pytest.mark.parametrize(
    ("terms", "looks_back", "visible", "missed"),
    [
        ({}, True, {}, False),
        ({"cycle": "daily"}, False, {}, False),
        ({"cycle": "daily"}, True, {}, True),
        ({"cycle": "daily", "days_to_finish": 2}, False, {}, True),
        ({"days_to_finish": 2}, False, {}, False),
        ({"from": LIVE}, True, {}, True),
        ({"from": LIVE}, False, {}, False),
        ({"until": NOW}, False, {}, True),
        ({"until": NOW + WEEK}, False, {}, False),
        ({}, False, {"min_level": 1}, True),
    ],
)
def test_when_a_new_claim_may_have_missed_something(
    terms: dict[str, Any], looks_back: bool, visible: dict[str, Any], missed: bool
) -> None:
    assert rules.may_have_missed(definition(visible, **terms), looks_back, NOW) is missed


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({}, None),
        ({"from": NOW}, None),
        ({"from": NOW + timedelta(seconds=1)}, "task.not_yet_claimable"),
        ({"until": NOW}, "task.no_longer_claimable"),
        ({"until": NOW + timedelta(seconds=1)}, None),
        ({"mode": "automatic"}, "task.claimed_automatically"),
        ({"mode": "auto"}, "task.claimed_automatically"),
        ({"mode": "automatic", "from": NOW + WEEK}, "task.not_yet_claimable"),
    ],
)
def test_why_a_claim_by_hand_is_refused(terms: dict[str, Any], code: str | None) -> None:
    refusal = rules.why_not_claimable(definition(**terms), NOBODY, 0, None, NOW)
    assert (refusal and refusal.code) == code


def test_who_does_not_see_a_task_is_not_told_when_it_begins() -> None:
    hidden = definition({"stages": ["credit"]}, **{"from": NOW + WEEK})
    refusal = rules.why_not_claimable(hidden, NOBODY, 0, None, NOW)
    assert refusal is not None
    assert refusal.code == "task.not_found"


@pytest.mark.parametrize(
    ("state", "expired", "name"),
    [
        ("claimed", False, "claimed"),
        ("claimed", True, "expired"),
        ("completed", True, "completed"),
        ("rewarded", True, "rewarded"),
        ("expired", True, "expired"),
        ("cancelled", False, "expired"),
        ("clawed_back", False, "claimed"),
        ("clawed_back", True, "expired"),
    ],
)
def test_what_a_page_calls_a_state(state: str, expired: bool, name: str) -> None:
    assert shown(ClaimState(state), expired) == name


def test_a_lost_completion_moves_only_where_the_table_allows() -> None:
    for state in DONE:
        for expired in (True, False):
            assert after_completion_lost(state, expired) in TRANSITIONS[state]
    assert all(ClaimState.COMPLETED in TRANSITIONS[state] for state in RUNNING)
