"""Short ways to have a forecast made, and to compare it with what happened."""

from datetime import date
from typing import Any

import msgspec

from domain import approvals, simulation, tasks
from domain.operators import HEAD_OFFICE, OperatorIdentity, Role
from domain.simulation import Forecast, ForecastRequest, Result, TaskForecast
from kit import database
from tests.domain.coupons.stage import MAKER
from tests.domain.tasks.making import Condition


def maker_of(branch: str) -> OperatorIdentity:
    """A maker with the customers of a branch, who sees what head office has written too."""
    return OperatorIdentity(9, f"maker-{branch}", "经办", frozenset({Role.MAKER}), branch, below=frozenset({"HQ"}))


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


__all__ = ["HEAD_OFFICE", "MAKER", "draft", "forecast_of", "made", "maker_of", "result_of"]
