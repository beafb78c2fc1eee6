"""The second pair of eyes: a submitted version goes live, or will at its time, or waits for the third pair."""

from datetime import datetime

from domain.approvals import content, routing, rows, rules
from domain.approvals.kinds import Kind, Version
from domain.approvals.live_set import go_live
from domain.approvals.states import Move
from domain.operators.identity import OperatorIdentity
from kit import clock, database


async def approve(
    kind: Kind, code: str, operator: OperatorIdentity, content_hash: str | None = None, live_at: datetime | None = None
) -> Version:
    """Make the submitted version live and the one before it superseded; `content_hash` is what the checker has read.

    With `live_at` it is scheduled instead. Where it may cost more than the limit it is `checked` and waits for a budget
    approver, with that time. Locks the configuration, then the live set. A second approval, the replay of the first
    too, finds nothing submitted. Raises `Forbidden` (`operator.missing_role`, `approval.maker_is_checker`), `NotFound`,
    `Conflict` (`configuration.wrong_state`, also for the second of two checkers; `approval.content_changed`),
    `RuleViolated` (`approval.time_is_past`, or from the kind).
    """
    rules.check_may(operator, Move.APPROVE)
    rules.check_time(live_at, clock.now())
    async with database.transaction() as connection:
        versions = await rows.hold(connection, kind.name, code, operator)
        submitted = rows.to_move(versions, Move.APPROVE)
        rules.check_checker(operator, submitted.maker_id)
        rules.check_content(content_hash, submitted.content_hash, content.content_hash(submitted.body))
        await kind.may_launch(submitted)
        agreed = {"checker_id": operator.operator_id, "scheduled_at": live_at}
        if await routing.over_limit(kind, submitted):
            return await rows.move(connection, submitted, Move.CHECK, operator, {**agreed, "over_limit": True})
        if live_at is not None:
            return await rows.move(connection, submitted, Move.SCHEDULE, operator, agreed)
        return await go_live(connection, kind, versions, submitted, Move.APPROVE, operator, agreed)
