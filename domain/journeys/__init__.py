"""Journeys 旅程: customers are let in by what happens and led through steps, in sets, each step once."""

from domain.journeys.catalogue import catalogue
from domain.journeys.definition import JourneyDefinition
from domain.journeys.end_over import end_over
from domain.journeys.enter_by_date import enter_by_date
from domain.journeys.hear_audience import hear_audience
from domain.journeys.hear_completed import hear_completed
from domain.journeys.hear_events import hear_events
from domain.journeys.hear_used import hear_used
from domain.journeys.kind import JOURNEYS
from domain.journeys.leave import leave
from domain.journeys.preview import JourneyPreview, preview
from domain.journeys.queries import JourneyRun, runs_of
from domain.journeys.report import JourneyReport, report
from domain.journeys.work_due import work_due

__all__ = [
    "JOURNEYS",
    "JourneyDefinition",
    "JourneyPreview",
    "JourneyReport",
    "JourneyRun",
    "catalogue",
    "end_over",
    "enter_by_date",
    "hear_audience",
    "hear_completed",
    "hear_events",
    "hear_used",
    "leave",
    "preview",
    "report",
    "runs_of",
    "work_due",
]
