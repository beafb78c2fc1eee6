"""Maker and checker: every configuration goes live by four eyes, version by version."""

from domain.approvals.approve import approve
from domain.approvals.end import end
from domain.approvals.kinds import Kind, Version
from domain.approvals.live_catalogue import LiveCatalogue
from domain.approvals.live_set import LIVE_SET_LOCK, current_revision, share_live_set
from domain.approvals.pause import pause
from domain.approvals.queries import Reading, ever_live, in_states, list_, live, owner, read, versions
from domain.approvals.reject import reject
from domain.approvals.resume import resume
from domain.approvals.rules import MOVERS, WRITERS, check_checker, check_content, check_may
from domain.approvals.save_draft import Saved, save_draft
from domain.approvals.states import Move, State
from domain.approvals.submit import submit

__all__ = [
    "LIVE_SET_LOCK",
    "MOVERS",
    "WRITERS",
    "Kind",
    "LiveCatalogue",
    "Move",
    "Reading",
    "Saved",
    "State",
    "Version",
    "approve",
    "check_checker",
    "check_content",
    "check_may",
    "current_revision",
    "end",
    "ever_live",
    "in_states",
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
    "versions",
]
