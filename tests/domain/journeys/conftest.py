"""A clock these tests can move, and an audience for those who name one."""

import pytest

from domain.audiences import AUDIENCES
from tests.domain.coupons.stage import publish
from tests.domain.tasks.time_machine import time_machine

__all__ = ["time_machine"]


@pytest.fixture
async def vip(database: str) -> None:
    """An audience."""
    await publish(AUDIENCES, "vip", {"name": "贵宾", "file": {}})
