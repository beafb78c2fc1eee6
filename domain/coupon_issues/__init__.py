"""Coupons for many customers at once: asked for by a maker, approved by a checker, issued in sets by the worker."""

from domain.coupon_issues.approve import approve
from domain.coupon_issues.approve_budget import approve_budget
from domain.coupon_issues.cancel import cancel
from domain.coupon_issues.definition import Audience, IssueRequest
from domain.coupon_issues.issue import CouponIssue
from domain.coupon_issues.issue_next_set import issue_next_set
from domain.coupon_issues.make import Made, make
from domain.coupon_issues.pause import pause
from domain.coupon_issues.queries import list_, progress, read
from domain.coupon_issues.reject import reject
from domain.coupon_issues.resume import resume
from domain.coupon_issues.states import IssueState
from domain.coupon_issues.take_file import AudienceFile, audience_file, take_file
from domain.coupon_issues.waiting import WAITING

__all__ = [
    "WAITING",
    "Audience",
    "AudienceFile",
    "CouponIssue",
    "IssueRequest",
    "IssueState",
    "Made",
    "approve",
    "approve_budget",
    "audience_file",
    "cancel",
    "issue_next_set",
    "list_",
    "make",
    "pause",
    "progress",
    "read",
    "reject",
    "resume",
    "take_file",
]
