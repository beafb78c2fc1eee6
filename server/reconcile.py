"""`cardquest reconcile` and `reconcile-suppliers`: what does not hold or does not agree, told to a person."""

from datetime import date

from rich.console import Console

from domain import suppliers
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


async def run_suppliers(settings: Settings, supplier: str | None, day: date | None) -> int:
    """Prints how many differences each supplier's file of each day has; returns 1 when there are any."""
    console = Console(highlight=False)
    async with running(settings):
        found = await suppliers.compare_again(supplier, day)
    for (code, of), differences in found.items():
        console.print(f"{'[red]' if differences else '[green]'}{differences:6}[/]  {code} {of.isoformat()}")
    return 1 if any(found.values()) else 0
