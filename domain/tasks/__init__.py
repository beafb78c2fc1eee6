"""Tasks: what customers may claim, how far their claims have come, and when they are done."""

from domain.tasks.advance import advance
from domain.tasks.backfill import backfill, start_backfill
from domain.tasks.catalogue import catalogue
from domain.tasks.claim import ClaimAnswer, Claimant, claim_batch
from domain.tasks.expire import expire_due
from domain.tasks.kind import TASKS
from domain.tasks.queries import ClaimView, TaskView, changes_after, claim_of, task_of, tasks_of
from domain.tasks.report import TaskReport, report
from domain.tasks.settle import mark_rewarded

__all__ = [
    "TASKS",
    "ClaimAnswer",
    "ClaimView",
    "Claimant",
    "TaskReport",
    "TaskView",
    "advance",
    "backfill",
    "catalogue",
    "changes_after",
    "claim_batch",
    "claim_of",
    "expire_due",
    "mark_rewarded",
    "report",
    "start_backfill",
    "task_of",
    "tasks_of",
]
