"""Whether a file is what its companion says, what becomes of it, and when one is missing. Pure."""

from datetime import date, datetime, timedelta

import msgspec

from domain.intake.states import FileState
from kit import clock


class Declared(msgspec.Struct, frozen=True):
    """What the `.ok` companion says of its file; the digest is SHA-256 in lower-case hex."""

    name: str
    bytes: int
    rows: int
    amount_fen: int
    digest: str


class Measured(msgspec.Struct, frozen=True):
    """What the file is; `fault` when it cannot be read as rows of events at all."""

    bytes: int
    rows: int
    amount_fen: int
    digest: str
    fault: str | None = None


class Begun(msgspec.Struct, frozen=True):
    """The content under this name of which rows have been taken."""

    digest: str
    whole: bool


def why_mismatching(name: str, declared: Declared | None, measured: Measured) -> str | None:
    """The first thing in which file and companion differ, or None."""
    if declared is None:
        return "the companion is not name|bytes|rows|sum|SHA-256"
    if declared.name != name:
        return "the companion names another file"
    for what in ("bytes", "rows", "amount_fen", "digest"):
        said, found = getattr(declared, what), getattr(measured, what)
        if said != found:
            return f"{what}: the companion says {said}, the file has {found}"
    return measured.fault


def judge(state: FileState, why: str | None, digest: str, begun: Begun | None) -> tuple[FileState, str | None]:
    """The state a delivery goes to now that it was measured, and why if it is mismatching.

    A name stands for one content for ever: as soon as rows of one were taken, another waits for operators.
    """
    if why is not None:
        return FileState.MISMATCHING, why
    if begun is not None and begun.digest != digest:
        return FileState.MISMATCHING, f"rows of another content were taken under this name: {begun.digest}"
    if begun is not None and begun.whole:
        return FileState.DUPLICATE, None
    return (state if state == FileState.INGESTING else FileState.VERIFIED), None


def last_due(now: datetime, due_hour: int) -> date:
    """The newest business day whose file should have come: it is due on the day after at `due_hour` in Shanghai."""
    days = 1 if now.astimezone(clock.SHANGHAI).hour >= due_hour else 2
    return clock.business_day(now) - timedelta(days=days)
