"""Figures of what happens, counted beside it in sets by the worker, read by reports, held against the books."""

from domain.statistics.budget_use import BudgetUse, budget_use
from domain.statistics.checks import CHECKS
from domain.statistics.figures import By, Span
from domain.statistics.refresh import refresh
from domain.statistics.reports import Report, benefits, coupons, events, funnel, level_moves, levels
from domain.statistics.task_report import TaskReport, task_report

__all__ = [
    "CHECKS",
    "BudgetUse",
    "By",
    "Report",
    "Span",
    "TaskReport",
    "benefits",
    "budget_use",
    "coupons",
    "events",
    "funnel",
    "level_moves",
    "levels",
    "refresh",
    "task_report",
]
