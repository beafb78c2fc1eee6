"""A clock these tests can move."""

from tests.domain.tasks.time_machine import time_machine

__all__ = ["time_machine"]
