"""`cardquest reconcile`: every invariant, told to a person."""

from rich.console import Console

from domain.reconciliation import check_and_record
from server.process import running
from server.settings import Settings


async def run(settings: Settings) -> int:
    """Prints each invariant with its verdict; returns 1 when one is violated."""
    console = Console(highlight=False)
    async with running(settings):
        report = await check_and_record()
    for verdict in report.verdicts:
        word = "[red]broken" if verdict.violations else "[green]holds "
        console.print(f"{word}[/]  {verdict.invariant}: {verdict.says}")
        for row in verdict.rows:
            console.print("        " + ", ".join(f"{key} {value}" for key, value in row.items()))
        if verdict.violations > len(verdict.rows):
            console.print(f"        and {verdict.violations - len(verdict.rows)} more")
    return 1 if report.broken else 0
