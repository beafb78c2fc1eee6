"""The worker plays the next customers through a forecast, or makes its result."""

from time import monotonic
from typing import Any

import msgspec

from domain import operators
from domain.customers import people
from domain.simulation.forecast import COLUMNS, Forecast, ForecastState, forecast_of
from domain.simulation.play_set import Cast, play_set
from domain.simulation.reckon import reckon
from domain.tasks import catalogue
from kit import clock, database, logging
from kit.database import Connection
from kit.errors import DomainError

SET = 25
"""So many at a time: the worker's other jobs wait while one is played."""
_SECONDS = 1.0
log = logging.get("simulation")


async def work_next() -> int:
    """Take one step of the forecast that has waited longest: play customers for about a second, or reckon when all have
    been played. Returns how many steps were taken, 0 when none waits or others are at it.

    What was played and the place to go on are one transaction: killed at any point, it goes on where it committed last.
    Nothing is locked but the forecast; nothing of customers is changed.
    """
    await catalogue.refresh()  # before, and without the lock of the live set: nobody shall wait for a forecast
    return await database.retried(_step)


async def _step() -> int:
    async with database.transaction() as connection:
        row = await connection.fetchrow(
            f"""SELECT {COLUMNS} FROM forecast WHERE state IN ('waiting', 'running') ORDER BY id LIMIT 1
                FOR NO KEY UPDATE SKIP LOCKED"""
        )
        if row is None:
            return 0
        forecast = forecast_of(row)
        try:
            async with connection.transaction():
                moved = await _play_on(connection, forecast)
        except DomainError as error:
            # Rules may have grown stricter than when the task was written.
            failure = error.code[:64]
            await _forget_claims(connection, forecast.id)
            moved = await _move(connection, forecast, ForecastState.FAILED, failure=failure, finished_at=clock.now())
    if moved.state in (ForecastState.READY, ForecastState.FAILED):
        log.info("forecast.made", forecast=moved.id, state=moved.state, events=moved.events, failure=moved.failure)
    return 1


async def _play_on(connection: Connection, forecast: Forecast) -> Forecast:
    within = await operators.customers_of(connection, forecast.branch)
    cast, tally = Cast(forecast), forecast.tally
    number, done, played = forecast.customers, forecast.customers_done, forecast.events
    if forecast.state is ForecastState.WAITING:
        number = await people.count(connection, within)
    after, began = forecast.after_customer, monotonic()
    while profiles := await people.after(connection, after, within, SET):
        played += await play_set(connection, forecast.id, cast, profiles, tally)
        after, done = profiles[-1].id, done + len(profiles)
        if monotonic() - began > _SECONDS:
            break
    values: dict[str, Any] = {
        "after_customer": after,
        "customers": max(number, done),
        "customers_done": done,
        "events": played,
        "tally": msgspec.json.encode(tally).decode(),
    }
    if profiles:
        return await _move(connection, forecast, ForecastState.RUNNING, **values)
    return await _finish(connection, forecast, values)


async def _finish(connection: Connection, forecast: Forecast, values: dict[str, Any]) -> Forecast:
    now = clock.now()
    tally = msgspec.json.decode(values["tally"], type=dict[str, dict[str, dict[str, int]]])
    result = await reckon(connection, msgspec.structs.replace(forecast, tally=tally), now)
    await _forget_claims(connection, forecast.id)
    return await _move(
        connection,
        forecast,
        ForecastState.READY,
        **values,
        result=msgspec.json.encode(result).decode(),
        exceeds=result.exceeds,
        finished_at=now,
    )


async def _forget_claims(connection: Connection, forecast_id: int) -> None:
    await connection.execute("DELETE FROM forecast_claim WHERE forecast_id = $1", forecast_id)


async def _move(connection: Connection, forecast: Forecast, state: ForecastState, **values: Any) -> Forecast:
    columns = {"state": str(state), **values}
    assignments = ", ".join(f"{name} = ${place}" for place, name in enumerate(columns, 2))
    [row] = await connection.fetch(
        f"UPDATE forecast SET {assignments} WHERE id = $1 RETURNING {COLUMNS}", forecast.id, *columns.values()
    )
    return forecast_of(row)
