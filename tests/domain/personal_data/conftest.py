"""A clock these tests can move, and partners in memory."""

from tests.domain.customers.partners import bank
from tests.domain.tasks.time_machine import time_machine

__all__ = ["bank", "time_machine"]
