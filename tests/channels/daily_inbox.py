"""An inbox of daily files, the morning after, and what became of them."""

from datetime import datetime
from typing import Any

import pytest

from channels.card_core import daily_file
from channels.card_core.daily_file import Inbox
from domain.intake import take_rows
from kit import clock, database
from tests.channels.told_events import Told, told

DAY = "events-20261101.csv"
GB_DAY = "events-20261101.gb18030.csv"


def at(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is `text` in Shanghai."""
    moment = datetime.fromisoformat(text).replace(tzinfo=clock.SHANGHAI)
    monkeypatch.setattr(clock, "now", lambda: moment)


def events(most: int, **change: Any) -> list[Told]:
    when = "2026-11-01T12:00:00+08:00"
    return [told(f"T{n:03}", customer_no=f"C{n}", occurred_at=when, amount_fen=100 + n, **change) for n in range(most)]


async def files() -> list[dict[str, Any]]:
    """Every delivery ever noted, in order."""
    return [dict(row) for row in await database.fetch("SELECT * FROM daily_file ORDER BY id")]


async def states() -> list[str]:
    return [row["state"] for row in await files()]


def counts(file: dict[str, Any]) -> tuple[int, ...]:
    return tuple(file[name] for name in ("rows", "accepted", "duplicates", "suspended", "rejected"))


async def take_two_batches(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """20 rows; then the connection is lost."""
    begun = 0

    async def cut_off(*arguments: Any) -> Any:
        nonlocal begun
        begun += 1
        if begun == 3:
            raise OSError("connection lost")
        return await take_rows(*arguments)

    with monkeypatch.context() as cut:
        cut.setattr(daily_file.intake, "take_rows", cut_off)
        with pytest.raises(OSError, match="connection lost"):
            await inbox.take_files()
