"""The next set of an approved issue gets its coupons."""

from typing import Any

import msgspec

from domain import coupons, customers
from domain.coupon_issues import members, rules
from domain.coupon_issues.issue import COLUMNS, CouponIssue, issue_of, move
from domain.coupons import SetOrder, SetOutcome
from kit import clock, database, logging, redis
from kit.database import Connection

log = logging.get("coupon_issues")


async def issue_next_set(only: int | None = None) -> int:
    """Issue to the next customers, at most 10,000, of the issue that has waited longest (or of the issue `only`), and
    move its cursor in the same transaction; returns how many steps were taken, 0 when no issue is due.

    Killed at any point it goes on where it committed last. Any number of processes may call it: an issue another one
    is working on is passed over. Locks the issue, then the customers, then what `coupons.issue_set` locks.
    """
    return await database.retried(lambda: _next_set(only))


async def _next_set(only: int | None) -> int:
    async with database.transaction() as connection:
        row = await connection.fetchrow(
            f"""SELECT {COLUMNS} FROM coupon_issue
                WHERE state = 'running' AND due_at <= $1 AND ($2::bigint IS NULL OR id = $2)
                ORDER BY due_at, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED""",
            clock.now(),
            only,
        )
        if row is None:
            return 0
        issue = issue_of(row)
        waiting = await members.members_of(connection, issue.id, issue.number, issue.after_customer) or []
        outcome = await _issue(connection, issue, waiting)
        stored = await _store(connection, issue, waiting, outcome)
        decided = waiting[: outcome.decided]
        database.after_commit(lambda: redis.publish_changed(decided))
    if stored.state != issue.state:
        log.info("coupon_issue.moved", issue=issue.id, state=stored.state, held_by=stored.held_by)
    return 1


async def _issue(connection: Connection, issue: CouponIssue, waiting: list[int]) -> SetOutcome:
    if not waiting:
        return SetOutcome(0, 0)
    await customers.lock(connection, waiting)
    order = SetOrder(issue.content.template, waiting, f"issue:{issue.id}:", issue.content.reason)
    return await coupons.issue_set(connection, order)


async def _store(connection: Connection, issue: CouponIssue, waiting: list[int], outcome: SetOutcome) -> CouponIssue:
    skipped = dict(issue.skipped)
    for code, number in outcome.skipped.items():
        skipped[code] = skipped.get(code, 0) + number
    decided = issue.total - issue.remaining + outcome.decided
    step = rules.after_set(outcome, issue.content.at_daily_cap, decided == issue.total, clock.now())
    cursor: dict[str, Any] = {}
    if outcome.decided == len(waiting):
        cursor = {"number": issue.number + 1}
    elif outcome.decided:
        cursor = {"after_customer": waiting[outcome.decided - 1]}
    took_ms = await connection.fetchval("SELECT 1000 * extract(epoch FROM clock_timestamp() - now())")
    return await move(
        connection,
        issue.id,
        step.state,
        held_by=step.held_by,
        due_at=step.due_at,
        issued=issue.issued + outcome.issued,
        skipped=msgspec.json.encode(skipped).decode(),
        worked_ms=issue.worked_ms + max(1, round(took_ms)),
        **cursor,
    )
