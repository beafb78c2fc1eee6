"""Fixtures of other capabilities' tests that serve here as well."""

from tests.domain.tasks.time_machine import time_machine

__all__ = ["time_machine"]
