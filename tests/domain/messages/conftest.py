"""Partners these tests send through, the customers they write to, and a clock that stands at noon."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from domain import customers
from kit import clock
from tests.conftest import Servers
from tests.domain.messages.twin import Twin, everybody
from tests.domain.tasks.time_machine import TimeMachine, time_machine

__all__ = ["time_machine"]


@pytest.fixture(scope="session")
def keys_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: it takes a while."""
    return tmp_path_factory.mktemp("keys")


@pytest.fixture
def noon(time_machine: TimeMachine) -> TimeMachine:
    """The time machine, at noon of tomorrow in Shanghai: nothing is quiet."""
    now = clock.now()
    tomorrow = clock.start_of_day(clock.business_day(now) + timedelta(days=1))
    time_machine(seconds=(tomorrow + timedelta(hours=12) - now).total_seconds())
    return time_machine


@pytest.fixture
async def twin(
    database: str, tmp_path: Path, keys_dir: Path, servers: Servers, noon: TimeMachine
) -> AsyncIterator[Twin]:
    """Everybody works, until a test tells them otherwise."""
    async with everybody(tmp_path, keys_dir, servers.redis_url) as working:
        yield working


@pytest.fixture
async def people(database: str) -> list[int]:
    """The core's twenty customers."""
    numbers = [f"C{number:010d}" for number in range(1, 21)]
    found = await customers.ids_of(numbers)
    return [found[number] for number in numbers]
