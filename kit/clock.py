"""The one clock of the process: aware UTC instants, and the business day in Asia/Shanghai.

In the sandbox and in tests business time is moved by an offset that lives in a file mapped into
every process, so that all of them turn the page at the same instant.
"""

import mmap
import struct
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
_SECONDS = struct.Struct("<d")
_offset: mmap.mmap | None = None


def attach(file: Path) -> None:
    """Take the offset (seconds, a little-endian double) from `file`, creating it at zero."""
    global _offset
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_SECONDS.pack(0.0))
    with file.open("r+b") as handle:
        _offset = mmap.mmap(handle.fileno(), _SECONDS.size)


def movable() -> bool:
    """Whether this process's business time can be moved."""
    return _offset is not None


def advance(seconds: float) -> float:
    """Move business time forward (or back) in every attached process; returns the new offset in seconds."""
    if _offset is None:
        raise RuntimeError("the clock of this process is not movable")
    moved: float = _SECONDS.unpack_from(_offset)[0] + seconds
    _SECONDS.pack_into(_offset, 0, moved)
    return moved


def now() -> datetime:
    """The present business instant, aware, in UTC."""
    instant = datetime.now(UTC)
    if _offset is None:
        return instant
    return instant + timedelta(seconds=_SECONDS.unpack_from(_offset)[0])


def machine_now() -> datetime:
    """The machine's own instant, which nobody moves: for what is compared with clocks outside, as a phone's."""
    return datetime.now(UTC)


def business_day(instant: datetime) -> date:
    """The calendar day of `instant` in Asia/Shanghai."""
    return instant.astimezone(SHANGHAI).date()


def start_of_day(day: date) -> datetime:
    """Midnight in Asia/Shanghai at which `day` begins, as UTC."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def today() -> date:
    """The present business day."""
    return business_day(now())


def yesterday() -> date:
    """The business day before the present one."""
    return today() - timedelta(days=1)


def local_text(instant: datetime) -> str:
    """RFC 3339 with the Asia/Shanghai offset, to the second: what answers carry."""
    return instant.astimezone(SHANGHAI).isoformat(timespec="seconds")
