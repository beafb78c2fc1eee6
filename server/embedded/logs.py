"""Log files that several runs append to, kept small, and their last lines for messages."""

from pathlib import Path
from typing import BinaryIO

_ROTATE_AT_BYTES = 10_000_000
_TAIL_BYTES = 16_000


def open_log(path: Path) -> BinaryIO:
    """Opens `path` for appending; a large one is first moved to `<name>.1`, replacing the one before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > _ROTATE_AT_BYTES:
        path.replace(path.with_name(f"{path.name}.1"))
    return path.open("ab", buffering=0)


def tail(path: Path, lines: int = 15) -> str:
    """The last lines of `path`, indented; says so when there is nothing to show."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _TAIL_BYTES))
            last = file.read().decode(errors="replace").splitlines()[-lines:]
    except OSError as error:
        return f"    ({path}: {error.strerror})"
    return "\n".join(f"    {line}" for line in last) or f"    ({path} is empty)"
