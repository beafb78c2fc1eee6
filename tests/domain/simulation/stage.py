"""Short ways to have a forecast made, and to compare it with what happened."""

from datetime import date, datetime
from typing import Any

import msgspec

from domain import approvals, events, simulation, tasks
from domain.events import Event
from domain.operators import OperatorIdentity, Role
from domain.simulation import Forecast, ForecastRequest, Result, TaskForecast
from kit import clock, database
from tests.domain.coupons.stage import MAKER
from tests.domain.tasks.making import Condition, at, purchase


def maker_of(branch: str) -> OperatorIdentity:
    """A maker with the customers of a branch, who sees what head office has written too."""
    return OperatorIdentity(9, f"maker-{branch}", "经办", frozenset({Role.MAKER}), branch, below=frozenset({"HQ"}))


def go_to(moment: datetime) -> None:
    """It is that moment now."""
    clock.advance((moment - clock.now()).total_seconds())


async def happened(*told: Event) -> None:
    """This was told, whenever it happened."""
    result = await events.ingest(list(told))
    assert (result.accepted, result.rejected) == (len(told), [])


def bought(customer: str, moment: str, amount_fen: int = 10_000, **more: Any) -> Event:
    """A purchase at a moment of November (`02 12:00`)."""
    return purchase(customer, amount_fen, occurred_at=at(f"2026-11-{moment}"), **more)


async def draft(code: str, content: Condition, *, automatic: bool = True, **more: Any) -> approvals.Version:
    """A task that is not live."""
    claim = {"mode": "automatic" if automatic else "manual", **more.pop("claim", {})}
    body = {"name": code, "kind": "growth", "content": content, "claim": claim, **more}
    by = more.pop("by", MAKER)
    body.pop("by", None)
    saved = await approvals.save_draft(tasks.TASKS, code, msgspec.convert(body, tasks.TASKS.definition), by)
    return saved.version


async def made(kind: str, code: str, since: str, until: str, by: OperatorIdentity = MAKER, **asked: Any) -> Forecast:
    """A forecast over these days, when it is ready."""
    request = ForecastRequest(date.fromisoformat(since), date.fromisoformat(until), **asked)
    forecast = await simulation.ask(by, kind, code, request)
    while await simulation.work_next():
        pass
    forecast = await simulation.read(by, forecast.id)
    assert forecast.state == "ready", forecast.failure
    assert await database.fetchval("SELECT count(*) FROM forecast_claim") == 0
    return forecast


async def forecast_of(code: str, since: str, until: str, **asked: Any) -> TaskForecast:
    """What is forecast of one task."""
    [task] = (await result_of("tasks", code, since, until, **asked)).tasks
    return task


async def result_of(kind: str, code: str, since: str, until: str, **asked: Any) -> Result:
    """All that is forecast of a task or a campaign."""
    found = (await made(kind, code, since, until, **asked)).result
    assert found is not None
    return found
