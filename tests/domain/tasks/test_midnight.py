"""No job turns the page: cycles and streaks go by when things happened, whoever slept at midnight."""

from datetime import datetime

import pytest

from domain import events, tasks
from kit import clock
from tests.domain.tasks.making import at, claim, claims_of, cumulative, current, event, purchase, special, task
from tests.domain.tasks.time_machine import TimeMachine


def go_to(moment: datetime) -> None:
    clock.advance((moment - clock.now()).total_seconds())


def sign_in(moment: str) -> events.Event:
    return event("sign_in", occurred_at=at(moment))


@pytest.mark.parametrize(
    ("cycle", "before", "after", "cycles"),
    [
        ("daily", "2027-01-05 23:59:59.9", "2027-01-06 00:00", ["2027-01-05", "2027-01-06"]),
        ("weekly", "2027-01-03 23:59:59.9", "2027-01-04 00:00", ["2026-W53", "2027-W01"]),
        ("monthly", "2026-12-31 23:59:59.5", "2027-01-01 00:00", ["2026-12", "2027-01"]),
    ],
)
async def test_a_claim_on_either_side_of_midnight_is_of_its_own_cycle(
    database: str, time_machine: TimeMachine, cycle: str, before: str, after: str, cycles: list[str]
) -> None:
    go_to(at("2026-12-01 12:00"))
    await task("t", cumulative("purchase.count", 9, "claim"), automatic=False, claim={"cycle": cycle})
    for moment in (before, after):
        go_to(at(moment))
        if moment == before:
            clock.advance(-0.4)  # the claim itself takes a moment
        await claim("C1", "t")
        await claim("C1", "t")
    assert [one["cycle"] for one in await claims_of("C1", "t")] == cycles


async def test_a_streak_runs_on_over_new_year_though_told_days_late_and_backwards(
    database: str, time_machine: TimeMachine
) -> None:
    go_to(at("2026-12-29 08:00"))
    await task("t", special("sign_in.streak", 6, "claim"), automatic=False)
    await claim("C1", "t")
    go_to(at("2027-01-04 12:00"))
    for moment in ("2027-01-02 00:00", "2027-01-01 23:59:59.9", "2026-12-30 00:00", "2026-12-31 23:59:59.9"):
        await events.ingest([sign_in(moment)])
    assert await current("C1", "t") == [4]
    await events.ingest([sign_in("2027-01-03 12:00"), sign_in("2026-12-29 12:00")])
    assert await current("C1", "t") == [6]


async def test_nothing_is_lost_or_reset_twice_when_the_expiring_job_comes_days_late(
    database: str, time_machine: TimeMachine
) -> None:
    go_to(at("2027-01-05 08:00"))
    await task("t", cumulative("purchase.count", 2, "claim"), claim={"cycle": "daily"})
    await events.ingest([purchase(occurred_at=at("2027-01-05 10:00"))])
    go_to(at("2027-01-08 10:00"))
    await events.ingest([purchase(occurred_at=at("2027-01-08 00:00")), purchase(occurred_at=at("2027-01-06 00:00"))])
    assert await tasks.expire_due() == 2
    assert await tasks.expire_due() == 0
    await events.ingest([purchase(occurred_at=at("2027-01-05 23:59:59.9"))])  # told three days late
    states = {one["cycle"]: one["state"] for one in await claims_of("C1", "t")}
    assert states == {"2027-01-05": "completed", "2027-01-06": "expired", "2027-01-08": "claimed"}
