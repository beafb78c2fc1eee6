"""The card core these tests talk to."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.domain.loans.twin import Twin, card_core_twin


@pytest.fixture
async def twin(tmp_path: Path) -> AsyncIterator[Twin]:
    """A core that works, until a test tells it otherwise."""
    async with card_core_twin(tmp_path) as working:
        yield working
