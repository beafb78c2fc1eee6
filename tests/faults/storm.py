"""One run: events are told by many while everything breaks; then rest, and the verdict."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

import asyncpg

from tests.faults import watch
from tests.faults.delivery import Pace, Sender, Tally, in_turns
from tests.faults.disasters import Disasters, befall
from tests.faults.happenings import make_batches, make_events
from tests.faults.house import House
from tests.faults.model import Event
from tests.faults.verdict import mismatches

SENDERS = 6
_AFTERWARDS = 0.2
"""This share of the disasters comes when everything has been told and only the workers are busy."""
_FINAL_REQUESTS = 30


@dataclass(frozen=True)
class Plan:
    """What a run shall be; the same seed gives the same events, batches and order of disasters."""

    seed: int
    customers: int
    purchases: int
    disasters: Disasters


@dataclass
class Report:
    """What a run was, and everything that was wrong with its outcome."""

    events: int
    batches: int
    tally: Tally
    disasters: Counter[str] = field(default_factory=Counter)
    figures: dict[str, int | float] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


async def run(plan: Plan, house: House, say: Callable[[str], None]) -> Report:
    """Everything from an empty house to the verdict."""
    began = time.monotonic()
    chance = Random(plan.seed)
    events = make_events(chance, plan.customers, plan.purchases)
    batches = make_batches(chance, events)
    disasters = plan.disasters.in_order(chance)
    say(f"{len(events)} events in {len(batches)} batches, {len(disasters)} disasters")
    await house.prepare("prepare")
    sender = Sender(house, Random(plan.seed + 1))
    watcher = watch.Watcher(house)
    report = Report(len(events), len(batches), sender.tally)
    keeper = asyncio.create_task(house.keep(Random(plan.seed + 2)))
    looking = asyncio.create_task(watcher.watch())
    try:
        await house.ready()
        say("the storm begins")
        storm_began = time.monotonic()
        report.disasters = await _storm(house, sender, batches, disasters, chance)
        report.figures["seconds of storm"] = round(time.monotonic() - storm_began, 1)
        say("it is over; waiting for rest")
        report.wrong += await _rest(house, sender, batches)
        looking.cancel()
        report.wrong += await _judge(house, events, watcher, report.figures)
    finally:
        keeper.cancel()
        looking.cancel()
    report.wrong += sender.wrong + watcher.violations + house.unbidden_deaths
    report.figures |= {"seconds": round(time.monotonic() - began, 1), "checks of invariants": watcher.checks}
    report.figures |= {"deadlocks broken": watch.deadlocks(house), "errors logged": watch.failures(house)}
    if report.figures["deadlocks broken"]:
        report.wrong.append("locks were not taken in order: PostgreSQL had to break deadlocks")
    return report


async def _storm(
    house: House, sender: Sender, batches: list[list[Event]], disasters: list[str], chance: Random
) -> Counter[str]:
    later = int(len(disasters) * (1 - _AFTERWARDS))
    pace = Pace(len(batches), later)
    async with asyncio.TaskGroup() as group:
        group.create_task(in_turns(sender.deliver, batches, SENDERS, pace))
        befalling = group.create_task(befall(house, disasters[:later], chance, pace))
        group.create_task(_change_what_is_live(house, pace, len(batches) * 6 // 10))
    house.pass_days(1)
    return befalling.result() + await befall(house, disasters[later:], chance)


async def _change_what_is_live(house: House, pace: Pace, after_batches: int) -> None:
    await pace.may_deliver(after_batches)
    await house.prepare("add-latecomer")


async def _rest(house: House, sender: Sender, batches: list[list[Event]]) -> list[str]:
    """Everything settles, rewards that wait a day too; and every process still answers many at once."""
    waiting = await watch.come_to_rest(house)
    house.pass_days(1)
    await house.ready()
    await asyncio.gather(*(sender.deliver(batches[0], url) for url in house.urls for _ in range(_FINAL_REQUESTS)))
    return waiting + await watch.come_to_rest(house)


async def _judge(
    house: House, events: list[Event], watcher: watch.Watcher, figures: dict[str, int | float]
) -> list[str]:
    connection = await asyncpg.connect(house.postgres.url)
    try:
        wrong = await watch.left_for_ever(house, connection)
        await watcher.look()
        now = datetime.fromtimestamp(house.now(), UTC)
        figures |= {what: await connection.fetchval(sql) for what, sql in _FIGURES.items()}
        return wrong + await mismatches(connection, events, now)
    finally:
        await connection.close()


_FIGURES = {
    "claims": "SELECT count(*) FROM claim",
    "completions": "SELECT coalesce(sum(round), 0) FROM claim",
    "completions that stand": "SELECT count(*) FROM claim WHERE state = 'rewarded'",
    "rewards taken back": "SELECT count(*) FROM reward_grant WHERE state = 'clawed_back'",
    "rewards cancelled": "SELECT count(*) FROM reward_grant WHERE state = 'cancelled' AND position > 0",
    "coupons": "SELECT count(*) FROM coupon",
}
