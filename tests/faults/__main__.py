"""`python -m tests.faults`: a fault run of any size; prints its figures, ends with 1 when something was wrong."""

import argparse
import asyncio
import shutil
import signal
import sys
from pathlib import Path

from tests.faults.disasters import Disasters
from tests.faults.house import House, house
from tests.faults.storm import Plan, Report, run


def main() -> int:
    """0 when the database came to what the model says."""
    given = _arguments()
    disasters = Disasters(given.kills, given.crashes, given.losses, given.freezes)
    plan = Plan(given.seed, given.customers, given.purchases, disasters)
    with house() as place, asyncio.Runner() as runner:
        report = runner.run(_run(plan, place))
        if given.keep_logs:
            shutil.copytree(place.logs, given.keep_logs, dirs_exist_ok=True)
    _tell(plan, report)
    return 1 if report.wrong else 0


async def _run(plan: Plan, place: House) -> Report:
    this = asyncio.current_task()
    assert this is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
    return await run(plan, place, lambda text: print(text, flush=True))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    for name, default, what in (
        ("seed", 1, "decides events, batches and the order of disasters"),
        ("kills", 50, "kill -9 of a web process or a worker"),
        ("crashes", 5, "kill -9 of all of PostgreSQL"),
        ("losses", 5, "Valkey crashed or emptied"),
        ("freezes", 5, "a web process or a worker stopped for up to a second"),
        ("customers", 200, "how many customers there are"),
        ("purchases", 24, "how many purchases one makes on average"),
    ):
        parser.add_argument(f"--{name}", type=int, default=default, help=f"{what} (default {default})")
    parser.add_argument("--keep-logs", type=Path, help="copy the processes' logs here")
    return parser.parse_args()


def _tell(plan: Plan, report: Report) -> None:
    told = report.tally
    figures = {
        "seed": plan.seed,
        "events": report.events,
        "batches": report.batches,
        "requests answered 200": told.batches,
        "events stored, the answer lost": report.events - told.accepted,
        "repeats recognised": told.duplicates,
        "requests without an answer": told.unanswered,
        "requests answered with an error": told.server_errors,
        "slowest request (s)": round(told.slowest_s, 2),
        "processes killed": report.disasters["kill"],
        "processes frozen": report.disasters["freeze"],
        "PostgreSQL crashed": report.disasters["postgres"],
        "Valkey crashed": report.disasters["valkey"],
        "Valkey emptied": report.disasters["flush"],
        **report.figures,
        "mismatches": len(report.wrong),
    }
    for what, number in figures.items():
        print(f"{what:34}{number}")
    for wrong in report.wrong[:50]:
        print(f"WRONG  {wrong}")


if __name__ == "__main__":
    sys.exit(main())
