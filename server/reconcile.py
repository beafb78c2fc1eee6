"""`cardquest reconcile` and `reconcile-suppliers`: what does not hold or does not agree, told to a person."""

from datetime import date

from rich.console import Console

from domain import suppliers
from domain.reconciliation import INVARIANTS, reconcile
from server.process import running
from server.settings import Settings


async def run(settings: Settings) -> int:
    """Prints each invariant with its verdict; returns 1 when one is violated."""
    console = Console(highlight=False)
    async with running(settings):
        violations = {violation.invariant: violation for violation in await reconcile()}
    for invariant in INVARIANTS:
        broken = violations.get(invariant.name)
        console.print(f"{'[red]broken' if broken else '[green]holds '}[/]  {invariant.name}: {invariant.says}")
        for row in broken.rows if broken else ():
            console.print("        " + ", ".join(f"{key} {value}" for key, value in row.items()))
    return 1 if violations else 0


async def run_suppliers(settings: Settings, supplier: str | None, day: date | None) -> int:
    """Prints how many differences each supplier's file of each day has; returns 1 when there are any."""
    console = Console(highlight=False)
    async with running(settings):
        found = await suppliers.compare_again(supplier, day)
    for (code, of), differences in found.items():
        console.print(f"{'[red]' if differences else '[green]'}{differences:6}[/]  {code} {of.isoformat()}")
    return 1 if any(found.values()) else 0
