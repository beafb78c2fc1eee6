"""An operator lets a waiting action through, or keeps it out, for as long as the rule says."""

from datetime import timedelta

from domain import customers
from domain.operators import OperatorIdentity, acted, check_role
from domain.risk import states
from domain.risk.reviews import DECIDERS, Review, read_review
from domain.risk.states import HoldKind, HoldState
from kit import clock, database, logging
from kit.errors import Conflict

log = logging.get("risk")


async def decide_review(operator: OperatorIdentity, review_id: int, to: HoldState, reason: str) -> Review:
    """Bring it to `cleared` or `refused`. The customer may then repeat the action, or is denied it.

    Raises `Forbidden` (`operator.missing_role`), `NotFound` (`risk.review_not_found`), `Conflict`
    (`risk.review_decided`). Locks the customer.
    """
    check_role(operator, *DECIDERS)
    seen = await read_review(operator, review_id)
    now = clock.now()
    async with database.transaction() as connection:
        await customers.lock(connection, [seen.customer_id])
        review = await read_review(operator, review_id, connection)
        if not states.may(HoldKind.REVIEW, review.state, to):
            raise Conflict("risk.review_decided", "该操作已经处理过", details={"state": review.state})
        await connection.execute(
            """UPDATE risk_hold SET state = $2, until = $3, operator_id = $4, reason = $5, decided_at = $6
               WHERE id = $1""",
            review_id,
            str(to),
            now + timedelta(hours=review.hours),
            operator.operator_id,
            reason,
            now,
        )
        told = {"action": review.action, "rule": review.rule, "reason": reason}
        await acted(connection, operator, f"risk_review.{to}", f"risk-reviews/{review_id}", told)
        decided = await read_review(operator, review_id, connection)
    log.info("risk.review_decided", review=review_id, state=to, operator=operator.username)
    return decided
