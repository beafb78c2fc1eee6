"""Maker and checker: every configuration goes live by four eyes, version by version."""

from domain.approvals.approve import approve
from domain.approvals.approve_budget import approve_budget
from domain.approvals.content import hash_of
from domain.approvals.copy import copy
from domain.approvals.diff import Difference, differences
from domain.approvals.end import end
from domain.approvals.kinds import Kind, Version
from domain.approvals.live_catalogue import LiveCatalogue
from domain.approvals.live_set import LIVE_SET_LOCK, current_revision, share_live_set, tell_changed
from domain.approvals.moves import Happened, history
from domain.approvals.pause import pause
from domain.approvals.pending import CONFIGURATIONS_WAITING, Place, Waiting, pending
from domain.approvals.queries import (
    Filter,
    Reading,
    ever_live,
    in_states,
    last_live,
    list_,
    live,
    of_campaign,
    owner,
    read,
    version_numbered,
    versions,
    versions_of,
)
from domain.approvals.reject import reject
from domain.approvals.resume import resume
from domain.approvals.routing import APPROVAL_LIMITS, ApprovalLimits, costs_much, limits
from domain.approvals.rules import (
    MOVERS,
    WRITERS,
    check_checker,
    check_content,
    check_may,
    check_rejecter,
    check_third,
)
from domain.approvals.save_draft import Saved, put_draft, save_draft
from domain.approvals.schedule import go_live_due
from domain.approvals.states import IN_THE_MAKING, Move, State
from domain.approvals.submit import submit
from domain.approvals.unschedule import unschedule

__all__ = [
    "APPROVAL_LIMITS",
    "CONFIGURATIONS_WAITING",
    "IN_THE_MAKING",
    "LIVE_SET_LOCK",
    "MOVERS",
    "WRITERS",
    "ApprovalLimits",
    "Difference",
    "Filter",
    "Happened",
    "Kind",
    "LiveCatalogue",
    "Move",
    "Place",
    "Reading",
    "Saved",
    "State",
    "Version",
    "Waiting",
    "approve",
    "approve_budget",
    "check_checker",
    "check_content",
    "check_may",
    "check_rejecter",
    "check_third",
    "copy",
    "costs_much",
    "current_revision",
    "differences",
    "end",
    "ever_live",
    "go_live_due",
    "hash_of",
    "history",
    "in_states",
    "last_live",
    "limits",
    "list_",
    "live",
    "of_campaign",
    "owner",
    "pause",
    "pending",
    "put_draft",
    "read",
    "reject",
    "resume",
    "save_draft",
    "share_live_set",
    "submit",
    "tell_changed",
    "unschedule",
    "version_numbered",
    "versions",
    "versions_of",
]
