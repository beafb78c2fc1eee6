"""`cardquest verify-audit`: whether the trail is what was written, told to a person."""

import re

import typer
from rich.console import Console

from domain import audit
from server.process import running
from server.settings import Settings


async def run(settings: Settings, known_head: tuple[int, str] | None) -> int:
    """Prints every break; returns 1 when there is one."""
    console = Console(highlight=False)
    async with running(settings):
        found = await audit.verify(known_head)
    for one in found.breaks:
        console.print(f"[red]{one.kind}[/]  entry {one.number}: {one.detail}")
    if found.broken > len(found.breaks):
        console.print(f"and {found.broken - len(found.breaks)} more")
    word = f"[red]{found.broken} breaks" if found.broken else "[green]intact"
    console.print(
        f"{word}[/]  {found.entries} entries, {found.anchors} anchors, head {found.head_number}:{found.head_hash}"
    )
    return 1 if found.broken else 0


def known(head: str) -> tuple[int, str]:
    """`NUMBER:HASH`. Raises `typer.BadParameter`."""
    said = re.fullmatch(r"([1-9]\d{0,17}):([0-9a-f]{64})", head)
    if said is None:
        raise typer.BadParameter("NUMBER:HASH, as in the log event audit.anchored")
    return int(said[1]), said[2]
