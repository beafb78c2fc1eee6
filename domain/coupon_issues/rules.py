"""What is wrong with a request, and what an issue does at each bound. Pure."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from domain.coupon_issues.definition import Content, IssueRequest
from domain.coupon_issues.states import IssueState
from domain.coupons import SetOutcome
from kit import clock
from kit.errors import Conflict, Fault, NotFound


class Step(msgspec.Struct, frozen=True):
    """What follows on a set: the state, what holds the issue up, and when a running one goes on."""

    state: IssueState
    held_by: str | None = None
    due_at: datetime | None = None


def faults_of(asked: IssueRequest, within: Sequence[str] | None) -> list[Fault]:
    """What is wrong with a request of an operator of these branches (None: all), each with its path."""
    if (asked.audience is None) == (asked.file is None):
        return [Fault("audience", "coupon_issue.for_whom", "name either an audience or a file")]
    if asked.audience is None or within is None:
        return []
    return [
        Fault(
            f"audience.branches[{place}]",
            "coupon_issue.foreign_branch",
            f"you may issue to customers of {', '.join(within)}",
        )
        for place, named in enumerate(asked.audience.branches)
        if named not in within
    ]


def content_hash(content: Content) -> str:
    """SHA-256 in hex of exactly this content."""
    return hashlib.sha256(msgspec.json.encode(content, order="deterministic")).hexdigest()


def after_set(outcome: SetOutcome, at_daily_cap: str, last: bool, now: datetime) -> Step:
    """What an issue does after a set with this outcome; `last` if no set follows.

    What lifts by itself is waited for; what an operator has to lift pauses the issue; what will not lift ends it.
    """
    match outcome.stopped_by:
        case None:
            return Step(IssueState.DONE) if last else Step(IssueState.RUNNING, due_at=now)
        case "coupon.daily_cap" | "budget.day_exhausted" if at_daily_cap == "wait":
            tomorrow = clock.start_of_day(clock.business_day(now) + timedelta(days=1))
            return Step(IssueState.RUNNING, outcome.stopped_by, tomorrow)
        case "coupon.outside_issue_window" if outcome.opens_at is not None:
            return Step(IssueState.RUNNING, outcome.stopped_by, outcome.opens_at)
        case "coupon.daily_cap" | "budget.day_exhausted" | "coupon.outside_issue_window":
            return Step(IssueState.ENDED, outcome.stopped_by)
        case _:
            return Step(IssueState.PAUSED, outcome.stopped_by)


def not_found() -> NotFound:
    """The refusal where there is nothing, or nothing of this operator's."""
    return NotFound("coupon_issue.not_found", "没有这次发放")


def wrong_state(state: IssueState) -> Conflict:
    """The refusal where a move does not fit the state."""
    return Conflict("coupon_issue.wrong_state", "当前状态不允许此操作", details={"state": state})
