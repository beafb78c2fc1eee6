"""Five wrong passwords lock an account for fifteen minutes."""

from datetime import UTC, datetime, timedelta

from domain.operators import rules

NOW = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)


def test_the_fifth_failure_locks_for_a_quarter_of_an_hour() -> None:
    failures, locked_until = 0, None
    for _ in range(4):
        failures, locked_until = rules.after_failure(failures, locked_until, NOW)
        assert locked_until is None
    failures, locked_until = rules.after_failure(failures, locked_until, NOW)
    assert (failures, locked_until) == (5, NOW + timedelta(minutes=15))


def test_a_lock_ends_at_its_minute() -> None:
    until = NOW + timedelta(minutes=15)
    assert rules.is_locked(until, until - timedelta(microseconds=1))
    assert not rules.is_locked(until, until)
    assert not rules.is_locked(None, NOW)


def test_after_a_lock_the_count_begins_anew() -> None:
    over = NOW - timedelta(minutes=1)
    assert rules.after_failure(5, over, NOW) == (1, None)
