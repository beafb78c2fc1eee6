"""`cardquest reconcile`: every invariant, told to a person."""

from rich.console import Console

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
