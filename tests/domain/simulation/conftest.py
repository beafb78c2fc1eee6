"""Fixtures of other capabilities' tests that serve here as well, and a November that is known."""

import pytest

from tests.domain.simulation.stage import go_to
from tests.domain.tasks.making import at
from tests.domain.tasks.time_machine import TimeMachine, time_machine

__all__ = ["time_machine"]


@pytest.fixture
async def november(database: str, time_machine: TimeMachine) -> None:
    """It is noon of the 20th of November 2026."""
    go_to(at("2026-11-20 12:00"))
