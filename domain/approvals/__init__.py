"""Maker and checker: every configuration goes live by four eyes, version by version."""

from domain.approvals.approve import approve
from domain.approvals.approve_budget import approve_budget
from domain.approvals.end import end
from domain.approvals.kinds import Kind, Version
from domain.approvals.live_catalogue import LiveCatalogue
from domain.approvals.live_set import LIVE_SET_LOCK, current_revision, share_live_set
from domain.approvals.moves import Happened, history
from domain.approvals.pause import pause
from domain.approvals.queries import Reading, ever_live, in_states, list_, live, owner, read, versions
from domain.approvals.reject import reject
from domain.approvals.resume import resume
from domain.approvals.routing import APPROVAL_LIMITS, ApprovalLimits, limits
from domain.approvals.rules import MOVERS, WRITERS, check_checker, check_content, check_may
from domain.approvals.save_draft import Saved, save_draft
from domain.approvals.schedule import go_live_due
from domain.approvals.states import Move, State
from domain.approvals.submit import submit
from domain.approvals.unschedule import unschedule

__all__ = [
    "APPROVAL_LIMITS",
    "LIVE_SET_LOCK",
    "MOVERS",
    "WRITERS",
    "ApprovalLimits",
    "Happened",
    "Kind",
    "LiveCatalogue",
    "Move",
    "Reading",
    "Saved",
    "State",
    "Version",
    "approve",
    "approve_budget",
    "check_checker",
    "check_content",
    "check_may",
    "current_revision",
    "end",
    "ever_live",
    "go_live_due",
    "history",
    "in_states",
    "limits",
    "list_",
    "live",
    "owner",
    "pause",
    "read",
    "reject",
    "resume",
    "save_draft",
    "share_live_set",
    "submit",
    "unschedule",
    "versions",
]
