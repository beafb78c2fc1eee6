"""The customers' room, and partners in memory behind it."""

from collections.abc import AsyncIterator

import pytest

from tests.api.room import SignIn, customers_room
from tests.domain.customers.partners import bank
from tests.domain.tasks.time_machine import time_machine

__all__ = ["bank", "time_machine"]


@pytest.fixture
async def room(database: str) -> AsyncIterator[SignIn]:
    async with customers_room() as sign_in:
        yield sign_in
