"""How fast a supplier is asked and when it is left alone, what becomes of a usage. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from domain.benefits import GrantState, SupplierApi

_FIRST_WAIT = timedelta(seconds=15)
_LONGEST_WAIT = timedelta(minutes=15)


class Gate(msgspec.Struct, frozen=True):
    """A bucket of calls that fills with the time, and a breaker: `failures` in a row without an answer, and until when
    the supplier is left alone (None: it is not).
    """

    tokens: float
    at: datetime
    failures: int = 0
    open_until: datetime | None = None


def new_gate(limits: SupplierApi, now: datetime) -> Gate:
    """A full bucket."""
    return Gate(_capacity(limits), now)


def _capacity(limits: SupplierApi) -> float:
    """A second's worth of calls; at least two, as asking again takes two."""
    return max(2.0, limits.requests_per_second)


class Allowance(msgspec.Struct, frozen=True):
    """How many calls may be made now, for how many requests."""

    calls: int
    requests: int


def admit(gate: Gate, limits: SupplierApi, now: datetime) -> tuple[Allowance, Gate]:
    """What may be asked now, and the gate before it is counted by `spent`.

    After a pause one request is let through to try; meanwhile the gate stays shut for everybody else.
    """
    passed = max(0.0, (now - gate.at).total_seconds())
    tokens = min(_capacity(limits), gate.tokens + passed * limits.requests_per_second)
    gate = msgspec.structs.replace(gate, tokens=tokens, at=now)
    pause = timedelta(seconds=limits.open_seconds)
    if gate.open_until is None:
        return Allowance(int(tokens + 1e-9), int(tokens + 1e-9)), gate
    # A moment farther away than a whole pause is of a clock that was moved since.
    if now < gate.open_until <= now + pause:
        return Allowance(0, 0), gate
    return Allowance(int(tokens + 1e-9), 1), msgspec.structs.replace(gate, open_until=now + pause)


def spent(gate: Gate, calls: int) -> Gate:
    """The gate after so many calls were let through."""
    return msgspec.structs.replace(gate, tokens=gate.tokens - calls)


def heard(gate: Gate, limits: SupplierApi, answered: Iterable[bool], now: datetime) -> Gate:
    """The gate after these calls, in the order in which they ended: an answer closes the breaker, silence counts."""
    failures, open_until = gate.failures, gate.open_until
    for one in answered:
        if one:
            failures, open_until = 0, None
            continue
        failures += 1
        if failures >= limits.failures_to_open or open_until is not None:
            open_until = now + timedelta(seconds=limits.open_seconds)
    return msgspec.structs.replace(gate, failures=failures, open_until=open_until)


def wait_after(attempts: int) -> timedelta:
    """How long an unanswered request waits after so many attempts: 15 s, doubled each time, 15 minutes at most."""
    return min(_FIRST_WAIT * 2 ** min(attempts - 1, 10), _LONGEST_WAIT)


def why_parked(state: GrantState | None, used_before: bool, absent: str) -> str | None:
    """Why a usage brings no grant forward, None where it does. `absent` is the reason where there is no grant."""
    if state is None:
        return absent
    if state in (GrantState.VOIDED, GrantState.FAILED):
        return f"grant.{state}"
    return "grant.used_twice" if used_before else None
