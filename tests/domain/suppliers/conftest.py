"""The suppliers these tests talk to."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain import customers
from tests.domain.suppliers.twin import Twin, suppliers_twin


@pytest.fixture(scope="session")
def keys_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: it takes a while."""
    return tmp_path_factory.mktemp("keys")


@pytest.fixture
async def twin(database: str, tmp_path: Path, keys_dir: Path) -> AsyncIterator[Twin]:
    """Suppliers that work, until a test tells them otherwise."""
    async with suppliers_twin(tmp_path, keys_dir) as working:
        yield working


@pytest.fixture
async def people(database: str) -> list[int]:
    """Twenty customers."""
    found = await customers.ids_of([f"C{number:02d}" for number in range(20)])
    return [found[name] for name in sorted(found)]
