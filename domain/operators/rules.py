"""When too many wrong passwords lock an account. Pure."""

from datetime import datetime, timedelta

FAILURES_TO_LOCK = 5
LOCKED_FOR = timedelta(minutes=15)


def is_locked(locked_until: datetime | None, now: datetime) -> bool:
    """Whether the account refuses everybody, the right password included."""
    return locked_until is not None and now < locked_until


def after_failure(failed_attempts: int, locked_until: datetime | None, now: datetime) -> tuple[int, datetime | None]:
    """Failed attempts and lock after one more wrong password; a lock that is over starts the count anew."""
    failures = 1 if locked_until is not None else failed_attempts + 1
    return failures, now + LOCKED_FOR if failures >= FAILURES_TO_LOCK else None
