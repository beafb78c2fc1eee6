"""One run: customers borrow while answers get lost and processes die; then rest, and the verdict."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import asyncpg

from channels.sandbox.customers import DEMO_CUSTOMERS
from tests.faults import watch
from tests.faults.disasters import Disasters, befall
from tests.faults.loans import bank
from tests.faults.loans.borrowers import Borrower, Tally
from tests.faults.loans.house import LoanHouse
from tests.faults.loans.verdict import FIGURES, mismatches

_PATIENCE_S = 60.0
_WAITING = """SELECT (SELECT count(*) FROM loan WHERE state = 'processing')
                   + (SELECT count(*) FROM accounting_entry WHERE state = 'pending')
                   + (SELECT count(*) FROM outbox WHERE parked_at IS NULL)"""


@dataclass(frozen=True)
class Plan:
    """`rounds` is how often each answer of each call gets lost, `loans` how many each customer takes."""

    seed: int
    customers: int
    loans: int
    rounds: int
    disasters: Disasters


@dataclass
class Report:
    """What a run was, and everything that was wrong with its outcome."""

    tally: Tally
    armed: Counter[str] = field(default_factory=Counter)
    disasters: Counter[str] = field(default_factory=Counter)
    figures: dict[str, int | float] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


async def run(plan: Plan, house: LoanHouse, say: Callable[[str], None]) -> Report:
    """Everything from an empty house to the verdict."""
    began, tally = time.monotonic(), Tally()
    report, watcher = Report(tally), watch.Watcher(house)
    house.bank.start()
    await house.prepare("prepare-loans")
    helpers = [
        asyncio.create_task(house.keep(Random(plan.seed + 2))),
        asyncio.create_task(watcher.watch()),
        asyncio.create_task(bank.hurry(house)),
        asyncio.create_task(bank.decide(house, Random(plan.seed + 3))),
    ]
    try:
        await house.ready()
        say("the storm begins")
        await _storm(plan, house, report)
        say(f"it is over after {time.monotonic() - began:.0f} s; waiting for rest")
        helpers.pop().cancel()
        await bank.be_good(house)
        report.wrong += await _rest(house)
        helpers[1].cancel()
        await watcher.look()
        report.wrong += await _judge(house, report)
    finally:
        for helper in helpers:
            helper.cancel()
    report.wrong += tally.wrong + watcher.violations + house.unbidden_deaths
    report.figures |= {"seconds": round(time.monotonic() - began, 1), "checks of invariants": watcher.checks}
    if broken := watch.deadlocks(house):
        report.wrong.append(f"locks were not taken in order: PostgreSQL had to break {broken} deadlocks")
    return report


async def _storm(plan: Plan, house: LoanHouse, report: Report) -> None:
    async with asyncio.TaskGroup() as group:
        for place, person in enumerate(DEMO_CUSTOMERS[-plan.customers :]):
            borrower = Borrower(house, person.customer_no, Random(plan.seed * 1_000 + place), report.tally)
            group.create_task(borrower.borrow(plan.loans))
        failing = group.create_task(bank.fail(house, plan.rounds, Random(plan.seed)))
        drawn = plan.disasters.in_order(Random(plan.seed + 1))
        befalling = group.create_task(befall(house, drawn, Random(plan.seed + 1)))
    report.armed, report.disasters = failing.result(), befalling.result()


async def _rest(house: LoanHouse) -> list[str]:
    """Until nothing waits any more; what still does after a long while."""
    deadline = time.monotonic() + _PATIENCE_S
    connection = await asyncpg.connect(house.postgres.url)
    try:
        while waiting := await connection.fetchval(_WAITING):
            if time.monotonic() > deadline:
                return [f"{waiting} loans, entries and facts still wait after {_PATIENCE_S:.0f} s"]
            await asyncio.sleep(0.2)
        return []
    finally:
        await connection.close()


async def _judge(house: LoanHouse, report: Report) -> list[str]:
    connection = await asyncpg.connect(house.postgres.url)
    try:
        wrong = await watch.left_for_ever(house, connection)
        report.figures |= {what: await connection.fetchval(sql) for what, sql in FIGURES.items()}
        return wrong + await mismatches(connection, house.books, report.tally.told)
    finally:
        await connection.close()
