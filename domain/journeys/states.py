"""The life of one customer's run of a journey. Pure."""

from enum import StrEnum


class RunState(StrEnum):
    """active → ended."""

    ACTIVE = "active"
    ENDED = "ended"


class Exit(StrEnum):
    """How a run left a step, where that is not the name of a branch. `passed`: it gave its thing the last time the run
    came by; `stopped`: the run was ended there from outside.
    """

    WAITED = "waited"
    HAPPENED = "happened"
    TIMED_OUT = "timed_out"
    OTHERWISE = "otherwise"
    DONE = "done"
    FAILED = "failed"
    PASSED = "passed"
    ENDED = "ended"
    STOPPED = "stopped"


REACHED_END = "end"
JOURNEY_ENDED = "journey_ended"
ACCOUNT_ERASED = "account_erased"
TOO_LONG = "too_long"
END_REASONS = (REACHED_END, JOURNEY_ENDED, ACCOUNT_ERASED, TOO_LONG)
