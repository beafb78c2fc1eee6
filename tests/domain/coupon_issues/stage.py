"""Issues made and approved, and worked on as the worker does."""

import itertools
from collections.abc import AsyncIterator
from typing import Any

import msgspec

from domain import coupon_issues
from domain.coupon_issues import CouponIssue, IssueRequest
from domain.operators import OperatorIdentity, Role
from domain.reconciliation import reconcile
from kit import database
from tests.domain.coupons.stage import CHECKER, MAKER, broken

BRANCH_MAKER = OperatorIdentity(3, "branch-maker", "分行经办", frozenset({Role.MAKER}), "SH")
BRANCH_CHECKER = OperatorIdentity(4, "branch-checker", "分行复核", frozenset({Role.CHECKER}), "SH")
OTHER_BRANCH = OperatorIdentity(5, "other", "外地分行", frozenset({Role.MAKER, Role.CHECKER}), "SZ")
BOTH = OperatorIdentity(6, "both", "经办复核", frozenset({Role.MAKER, Role.CHECKER}), "HQ")
_keys = itertools.count(1)


def request(**asked: Any) -> IssueRequest:
    """`free7` for everybody, unless told otherwise."""
    given = {"template": "free7", "reason": "test", **({} if "file" in asked else {"audience": {}}), **asked}
    return msgspec.convert(given, IssueRequest)


async def made(operator: OperatorIdentity = MAKER, key: str | None = None, **asked: Any) -> CouponIssue:
    """A submitted issue."""
    return (await coupon_issues.make(operator, request(**asked), key or f"k{next(_keys)}")).issue


async def running(operator: OperatorIdentity = MAKER, **asked: Any) -> CouponIssue:
    """An approved issue nobody has worked on."""
    return await coupon_issues.approve(CHECKER, (await made(operator, **asked)).id)


async def worked(issue_id: int) -> CouponIssue:
    """The issue when nothing is left to do for now."""
    while await coupon_issues.issue_next_set():
        pass
    return await coupon_issues.progress(issue_id)


async def owners(issue_id: int) -> list[int]:
    """Who has a coupon of this issue, in order of issuing."""
    rows = await database.fetch(
        "SELECT customer_id FROM coupon WHERE source LIKE $1 ORDER BY id", f"issue:{issue_id}:%"
    )
    return [row[0] for row in rows]


async def wrong() -> list[Any]:
    """Every invariant that is violated."""
    return [*await reconcile(), *(await broken()).items()]


async def pieces(content: bytes, size: int = 1000) -> AsyncIterator[bytes]:
    """A body as it arrives."""
    for start in range(0, len(content), size):
        yield content[start : start + size]
