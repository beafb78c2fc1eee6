"""Forecasts: recorded events played through tasks that are not live yet, with the conditions that run live."""

from domain.simulation.ask import ask
from domain.simulation.definition import ForecastRequest
from domain.simulation.forecast import (
    BudgetForecast,
    DayLine,
    Forecast,
    ForecastState,
    GroupLine,
    Result,
    RewardLine,
    TaskForecast,
)
from domain.simulation.queries import list_, read
from domain.simulation.work_next import work_next

__all__ = [
    "BudgetForecast",
    "DayLine",
    "Forecast",
    "ForecastRequest",
    "ForecastState",
    "GroupLine",
    "Result",
    "RewardLine",
    "TaskForecast",
    "ask",
    "list_",
    "read",
    "work_next",
]
