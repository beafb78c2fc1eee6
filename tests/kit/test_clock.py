"""The one clock: aware, movable in every attached process at once, with its day in Shanghai."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from kit import clock


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(clock, "_offset", None)
    file = tmp_path / "below" / "clock"
    clock.attach(file)
    return file


def drift() -> float:
    return (clock.now() - datetime.now(UTC)).total_seconds()


def test_it_runs_with_the_machines_until_it_is_moved(file: Path) -> None:
    assert clock.now().tzinfo is UTC
    assert abs(drift()) < 1
    assert clock.movable()


def test_it_moves_forward_and_back(file: Path) -> None:
    assert clock.advance(3_600) == 3_600
    assert abs(drift() - 3_600) < 1
    assert clock.advance(-5_400.5) == -1_800.5
    assert abs(drift() + 1_800.5) < 1


def test_who_attaches_later_is_at_the_same_instant(file: Path) -> None:
    clock.advance(86_400)
    clock.attach(file)
    assert abs(drift() - 86_400) < 1


def test_another_process_turns_the_page_at_once(file: Path) -> None:
    program = "import sys; from pathlib import Path; from kit import clock; clock.attach(Path(sys.argv[1])); clock.advance(60)"
    subprocess.run([sys.executable, "-c", program, str(file)], check=True, timeout=30)
    assert abs(drift() - 60) < 1


def test_a_clock_that_is_not_attached_cannot_be_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_offset", None)
    assert not clock.movable()
    with pytest.raises(RuntimeError):
        clock.advance(1)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 11, 21, 15, 59, 59, tzinfo=UTC), date(2026, 11, 21)),
        (datetime(2026, 11, 21, 16, 0, tzinfo=UTC), date(2026, 11, 22)),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2026, 11, 21, 23, 0, tzinfo=clock.SHANGHAI), date(2026, 11, 21)),
    ],
)
def test_the_business_day_is_that_of_shanghai(instant: datetime, day: date) -> None:
    assert clock.business_day(instant) == day
    begins = clock.start_of_day(day)
    assert begins <= instant < begins + timedelta(days=1)
    assert begins.tzinfo is UTC


def test_answers_carry_the_offset_to_the_second() -> None:
    instant = datetime(2026, 11, 21, 16, 0, 0, 999_999, tzinfo=UTC)
    assert clock.local_text(instant) == "2026-11-22T00:00:00+08:00"


def test_today_follows_the_moved_clock(file: Path) -> None:
    before = clock.today()
    clock.advance(86_400)
    assert clock.today() == before + timedelta(days=1)
