"""Journeys that begin by date let the customers of the day in, in sets."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from domain import approvals, customers
from domain.journeys import rules
from domain.journeys.catalogue import JourneyVersion, catalogue, live_versions
from domain.journeys.definition import Trigger
from domain.journeys.enter import enter
from kit import clock, database
from kit.database import Connection

SET = 2_000
LOOKS_BACK = timedelta(days=1)
"""A worker that was down over midnight makes up for the day before."""


async def enter_by_date() -> int:
    """Let the next set of customers in whose day has come; returns how many steps were taken, 0 where nothing is due.
    Run by the worker: each journey and business day once, from where the last set ended. Locks the row of the day, then
    the customers, then shares the live set.
    """
    await catalogue.refresh()
    now = clock.now()
    for version in live_versions():
        for day in _days(version, now):
            if await _next_set(version, day):
                return 1
    return 0


def _days(version: JourneyVersion, now: datetime) -> Sequence[date]:
    """The days whose hour has come since the journey is live."""
    trigger, today = version.definition.trigger, clock.business_day(now)
    return [
        day
        for day in (today - LOOKS_BACK, today)
        if rules.opens_on(trigger, day) and version.live_at <= rules.opening(trigger, day) <= now
    ]


async def _next_set(version: JourneyVersion, day: date) -> bool:
    return await database.retried(lambda: _let_in(version, day))


async def _let_in(version: JourneyVersion, day: date) -> bool:
    async with database.transaction() as connection:
        after = await _cursor(connection, version.code, day)
        if after is None:
            return False
        ids = await _of_the_day(connection, version.definition.trigger, day, after)
        await customers.lock(connection, ids)
        await catalogue.follow(await approvals.share_live_set(connection))
        if catalogue.live.get(version.code) is not version:
            return True  # what is live has changed: look again
        entered = await enter(connection, version, ids, f"date:{day}")
        await connection.execute(
            """UPDATE journey_day SET after_customer = $3, entered = entered + $4, done_at = $5
               WHERE journey = $1 AND day = $2""",
            version.code,
            day,
            ids[-1] if ids else after,
            entered,
            None if len(ids) == SET else clock.now(),
        )
    return True


async def _cursor(connection: Connection, code: str, day: date) -> int | None:
    """The last customer decided, the row of the day being ours; None where the day is done, or another worker's."""
    await connection.execute(
        """INSERT INTO journey_day (journey, day, after_customer, entered) SELECT $1::text, $2::date, 0, 0
           WHERE NOT EXISTS (SELECT FROM journey_day WHERE journey = $1::text AND day = $2) ON CONFLICT DO NOTHING""",
        code,
        day,
    )
    after: int | None = await connection.fetchval(
        """SELECT after_customer FROM journey_day WHERE journey = $1 AND day = $2 AND done_at IS NULL
           FOR NO KEY UPDATE SKIP LOCKED""",
        code,
        day,
    )
    return after


async def _of_the_day(connection: Connection, trigger: Trigger, day: date, after: int) -> list[int]:
    rows = await connection.fetch(
        """SELECT id FROM customer
           WHERE id > $1 AND customer_no IS NOT NULL AND ($2::int[] IS NULL OR billing_day = ANY($2))
           ORDER BY id LIMIT $3""",
        after,
        rules.billing_days(trigger, day),
        SET,
    )
    return [row["id"] for row in rows]
