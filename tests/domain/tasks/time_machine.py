"""The one clock of the process, moved by a test and put back after it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from kit import clock

TimeMachine = Callable[..., None]


@pytest.fixture
def time_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TimeMachine:
    """`time_machine(days=3)` moves business time; takes what `timedelta` takes."""
    monkeypatch.setattr(clock, "_offset", None)
    clock.attach(tmp_path / "clock")

    def move(**forward: float) -> None:
        clock.advance(timedelta(**forward).total_seconds())

    return move
