"""Tasks: what customers may claim, how far their claims have come, and when they are done."""

from domain.tasks.abandon import abandon
from domain.tasks.advance import advance
from domain.tasks.backfill import backfill, start_backfill
from domain.tasks.catalogue import catalogue
from domain.tasks.claim import ClaimAnswer, Claimant, claim_batch
from domain.tasks.exclusion_table import MCC_EXCLUSIONS
from domain.tasks.expire import expire_due
from domain.tasks.expire_offers import expire_offers
from domain.tasks.explain import ConditionExplained, Explanation, Reason, explain
from domain.tasks.follow_up import follow_up
from domain.tasks.graph import Edge, Graph, Node, graph
from domain.tasks.impact import Impact, impact
from domain.tasks.kind import TASKS
from domain.tasks.lateness import allow as allow_lateness
from domain.tasks.migrate import migrate, start_migration
from domain.tasks.path import PathStep, path_of
from domain.tasks.push_tasks import TaskOrder, push_tasks
from domain.tasks.queries import claim_of, claims_of, task_of, tasks_of
from domain.tasks.reach import Reach
from domain.tasks.remind import remind_due
from domain.tasks.settle import mark_rewarded
from domain.tasks.sightings import Sightings
from domain.tasks.tell import tell_completed
from domain.tasks.views import ClaimView, TaskView
from domain.tasks.visibility import Requirement, Visibility, visibility
from domain.tasks.withdraw_offers import withdraw_offers

__all__ = [
    "MCC_EXCLUSIONS",
    "TASKS",
    "ClaimAnswer",
    "ClaimView",
    "Claimant",
    "ConditionExplained",
    "Edge",
    "Explanation",
    "Graph",
    "Impact",
    "Node",
    "PathStep",
    "Reach",
    "Reason",
    "Requirement",
    "Sightings",
    "TaskOrder",
    "TaskView",
    "Visibility",
    "abandon",
    "advance",
    "allow_lateness",
    "backfill",
    "catalogue",
    "claim_batch",
    "claim_of",
    "claims_of",
    "expire_due",
    "expire_offers",
    "explain",
    "follow_up",
    "graph",
    "impact",
    "mark_rewarded",
    "migrate",
    "path_of",
    "push_tasks",
    "remind_due",
    "start_backfill",
    "start_migration",
    "task_of",
    "tasks_of",
    "tell_completed",
    "visibility",
    "withdraw_offers",
]
