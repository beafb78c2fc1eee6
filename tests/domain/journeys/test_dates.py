"""Journeys that begin by date."""

import asyncio
import sys
from datetime import date, timedelta

import pytest

from domain import journeys
from domain.journeys import enter_by_date, rules
from domain.journeys.definition import Trigger
from kit import clock
from kit import database as db
from tests.domain.coupons.stage import new_customers
from tests.domain.journeys.stage import (
    ONLY_END,
    WAITS,
    count,
    journey,
    sound,
    work,
)
from tests.domain.tasks.time_machine import TimeMachine


async def to(moment: str, machine: TimeMachine, day: date) -> None:
    """Move to this time of a day in Shanghai."""
    hours, minutes = map(int, moment.split(":"))
    goal = clock.start_of_day(day) + timedelta(hours=hours, minutes=minutes)
    machine(seconds=(goal - clock.now()).total_seconds())


async def test_the_days_of_the_card_and_of_repayment(database: str, time_machine: TimeMachine) -> None:
    ids = await new_customers(31)
    for day, customer_id in enumerate(ids, 1):
        await db.execute("UPDATE customer SET billing_day = $2 WHERE id = $1", customer_id, day)
    await to("08:00", time_machine, clock.today() + timedelta(days=1))
    await journey(WAITS, "card", trigger={"date": "card_day", "hour": 9}, reentry="after_end")
    await journey(WAITS, "pay", trigger={"date": "repayment_day", "days_before": 3, "hour": 9}, reentry="after_end")
    entered: dict[str, list[tuple[date, int]]] = {"card": [], "pay": []}
    for _ in range(40):
        today = clock.today()
        assert await enter_by_date() == 0, "before its hour"
        await to("09:01", time_machine, today)
        while await enter_by_date():
            pass
        for code, found in entered.items():
            rows = await db.fetch(
                "SELECT customer_id FROM journey_run WHERE journey = $1 AND cause = $2", code, f"date:{today}"
            )
            found.extend((today, ids.index(row[0]) + 1) for row in rows)
        await to("08:00", time_machine, today + timedelta(days=1))
        while await journeys.work_due():
            pass
    for day, billing_day in entered["card"]:
        assert day.day == billing_day or (billing_day > day.day and (day + timedelta(days=1)).day == 1)
    for day, billing_day in entered["pay"]:
        billed = day + timedelta(days=3 - 20)
        assert billed.day == billing_day or (billing_day > billed.day and (billed + timedelta(days=1)).day == 1)
    assert {number for _, number in entered["card"]} == set(range(1, 32))
    await sound()


def test_every_month_has_everybodys_day() -> None:
    trigger = Trigger(date="card_day")
    for first in (date(2026, 2, 1), date(2028, 2, 1), date(2026, 4, 1), date(2026, 12, 1)):
        days = [first + timedelta(days=number) for number in range(31)]
        found = [
            number for day in days if day.month == first.month for number in rules.billing_days(trigger, day) or []
        ]
        assert sorted(found) == list(range(1, 32))


async def test_a_day_for_everybody_comes_once_in_sets(
    database: str, time_machine: TimeMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["domain.journeys.enter_by_date"], "SET", 10)
    await new_customers(35)
    await to("08:00", time_machine, clock.today() + timedelta(days=1))
    day = clock.today() + timedelta(days=2)
    await journey(ONLY_END, trigger={"date": str(day), "days_before": 2, "hour": 10}, reentry="after_end")
    assert await enter_by_date() == 0
    time_machine(hours=3)
    assert sum(await asyncio.gather(*(enter_by_date() for _ in range(4)))) >= 1
    await work()
    while await enter_by_date():
        await work()
    assert await count("journey_run") == 35
    assert tuple(await db.fetchrow("SELECT entered, done_at IS NOT NULL FROM journey_day")) == (35, True)
    assert await enter_by_date() == 0
    await sound()
