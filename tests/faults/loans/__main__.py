"""`python -m tests.faults.loans`: a fault run of loans of any size; ends with 1 when something was wrong."""

import argparse
import asyncio
import shutil
import signal
import sys
from pathlib import Path

from tests.faults.disasters import Disasters
from tests.faults.house import house
from tests.faults.loans.house import LoanHouse
from tests.faults.loans.run import Plan, Report, run


def main() -> int:
    """0 when the bank's books and our database agree."""
    given = _arguments()
    disasters = Disasters(given.kills, given.crashes, given.losses, given.freezes)
    plan = Plan(given.seed, given.customers, given.loans, given.rounds, disasters)
    with house(LoanHouse) as place, asyncio.Runner() as runner:
        report = runner.run(_run(plan, place))
        if given.keep_logs:
            shutil.copytree(place.logs, given.keep_logs, dirs_exist_ok=True)
    _tell(plan, report)
    return 1 if report.wrong else 0


async def _run(plan: Plan, place: LoanHouse) -> Report:
    this = asyncio.current_task()
    assert this is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
    return await run(plan, place, lambda text: print(text, flush=True))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.loans", description=__doc__)
    for name, default, what in (
        ("seed", 1, "decides what is borrowed, what gets lost and the order of disasters"),
        ("customers", 20, "how many of the demo's customers borrow"),
        ("loans", 12, "how many loans each of them takes"),
        ("rounds", 4, "how often each answer of each call gets lost"),
        ("kills", 40, "kill -9 of a web process or a worker"),
        ("crashes", 4, "kill -9 of all of PostgreSQL"),
        ("losses", 3, "Valkey crashed or emptied"),
        ("freezes", 3, "a web process or a worker stopped for up to a second"),
    ):
        parser.add_argument(f"--{name}", type=int, default=default, help=f"{what} (default {default})")
    parser.add_argument("--keep-logs", type=Path, help="copy the processes' logs here")
    return parser.parse_args()


def _tell(plan: Plan, report: Report) -> None:
    told = report.tally
    figures = {
        "seed": plan.seed,
        "requests of customers": told.requests,
        "without an answer": told.unanswered,
        "answered 503": told.unavailable,
        "applications sent twice at once": told.applied_again,
        "slowest request (s)": round(told.slowest_s, 2),
        "answers of the core lost": sum(report.armed.values()),
        **{f"disasters: {what}": number for what, number in sorted(report.disasters.items())},
        **{f"bank: {what}": number for what, number in sorted(told.bank.items())},
        **report.figures,
        "mismatches": len(report.wrong),
    }
    for what, number in figures.items():
        print(f"{what:42}{number}")
    for wrong in report.wrong[:50]:
        print(f"WRONG  {wrong}")


if __name__ == "__main__":
    sys.exit(main())
