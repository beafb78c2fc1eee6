"""`python -m tests.faults [events|claims]`: a fault run of any size; prints its figures, ends with 1 when something was
wrong. `events` (what is meant without a word): the card core tells events, customers get rewards. `claims`: customers
claim coupons in the coupon centre.
"""

import argparse
import asyncio
import shutil
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from tests.faults import claims, storm
from tests.faults.disasters import Disasters
from tests.faults.house import House, house

Outcome = TypeVar("Outcome", storm.Report, claims.Report)
_COMMON = (
    ("seed", 1, "decides what is asked for and the order of disasters"),
    ("kills", 50, "kill -9 of a web process or a worker"),
    ("crashes", 5, "kill -9 of all of PostgreSQL"),
    ("losses", 5, "Valkey crashed or emptied"),
    ("freezes", 5, "a web process or a worker stopped for up to a second"),
)
_OWN = {
    "events": (
        ("customers", 200, "how many customers there are"),
        ("purchases", 24, "how many purchases one makes on average"),
    ),
    "claims": (("claims", 20_000, "how many coupons are asked for, by a tenth as many customers"),),
}


def main() -> int:
    """0 when the database came to what it should."""
    what, given = _arguments()
    disasters = Disasters(given.kills, given.crashes, given.losses, given.freezes)
    if what == "claims":
        plan = claims.Plan(given.seed, given.claims, disasters)
        report = _run(house(webs=3, workers=0), lambda place, say: claims.run(plan, place, say), given.keep_logs)
        return _tell({"seed": plan.seed, "claims": plan.claims, **_claim_figures(report)}, report.wrong)
    told = storm.Plan(given.seed, given.customers, given.purchases, disasters)
    outcome = _run(house(), lambda place, say: storm.run(told, place, say), given.keep_logs)
    return _tell({"seed": told.seed, **_event_figures(outcome)}, outcome.wrong)


def _tell(figures: dict[str, Any], wrong: list[str]) -> int:
    for name, number in figures.items():
        print(f"{name:34}{number}")
    for one in wrong[:50]:
        print(f"WRONG  {one}")
    return 1 if wrong else 0


def _run(
    where: Any, work: Callable[[House, Callable[[str], None]], Awaitable[Outcome]], keep_logs: Path | None
) -> Outcome:
    async def until_the_end(place: House) -> Outcome:
        this = asyncio.current_task()
        assert this is not None
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
        return await work(place, lambda text: print(text, flush=True))

    with where as place, asyncio.Runner() as runner:
        report = runner.run(until_the_end(place))
        if keep_logs:
            shutil.copytree(place.logs, keep_logs, dirs_exist_ok=True)
    return report


def _arguments() -> tuple[str, argparse.Namespace]:
    words = sys.argv[1:]
    what = words.pop(0) if words and words[0] in _OWN else "events"
    parser = argparse.ArgumentParser(prog=f"python -m tests.faults {what}", description=__doc__)
    for name, default, told in (*_COMMON, *_OWN[what]):
        parser.add_argument(f"--{name}", type=int, default=default, help=f"{told} (default {default})")
    parser.add_argument("--keep-logs", type=Path, help="copy the processes' logs here")
    return what, parser.parse_args(words)


def _event_figures(report: storm.Report) -> dict[str, Any]:
    told = report.tally
    return {
        "events": report.events,
        "batches": report.batches,
        "requests answered 200": told.batches,
        "events stored, the answer lost": report.events - told.accepted,
        "repeats recognised": told.duplicates,
        "requests without an answer": told.unanswered,
        "requests answered with an error": told.server_errors,
        "slowest request (s)": round(told.slowest_s, 2),
        **_disaster_figures(report),
        **report.figures,
        "mismatches": len(report.wrong),
    }


def _claim_figures(report: claims.Report) -> dict[str, Any]:
    told, verdict = report.tally, report.verdict
    return {
        "requests answered": sum(told.answers.values()),
        **{f"- {answer}": number for answer, number in sorted(told.answers.items())},
        "requests without an answer": told.unanswered,
        "requests answered with an error": told.server_errors,
        "slowest request (s)": round(told.slowest_s, 2),
        **{f"coupons {template}": number for template, number in sorted(verdict.coupons.items())},
        **_disaster_figures(report),
        **report.figures,
        "oversold": verdict.oversold,
        "duplicates": verdict.duplicates,
        "acknowledged but lost": verdict.lost,
        "unknown left": verdict.unknown,
        "refusals that were not true": verdict.untrue,
        "wrong in all": len(report.wrong),
    }


def _disaster_figures(report: storm.Report | claims.Report) -> dict[str, int]:
    return {
        "processes killed": report.disasters["kill"],
        "processes frozen": report.disasters["freeze"],
        "PostgreSQL crashed": report.disasters["postgres"],
        "Valkey crashed": report.disasters["valkey"],
        "Valkey emptied": report.disasters["flush"],
    }


if __name__ == "__main__":
    sys.exit(main())
