"""The customer gets what was approved."""

from typing import Any

from domain import benefits, coupons, customers, experience, messages
from domain.compensations import rules
from domain.compensations.compensation import Compensation, CompensationState
from domain.compensations.decide import decide
from domain.experience import Earning
from domain.messages import Notice
from domain.operators import OperatorIdentity
from kit import database, logging, redis
from kit.database import Connection
from kit.errors import Conflict
from kit.masking import mask_name

log = logging.get("compensations")


async def grant(
    connection: Connection, operator: OperatorIdentity, approved: Compensation, **columns: Any
) -> Compensation:
    """Give it to the customer, whom the caller has locked, once, and tell them where a message is named.

    Raises `Conflict` (`compensation.wrong_state`, or why there is no coupon or benefit).
    """
    granted = await decide(connection, operator, approved, CompensationState.GRANTED, **columns)
    await _give(connection, granted)
    await _tell(connection, granted)
    database.after_commit(lambda: redis.publish_changed([granted.customer_id]))
    log.info("compensation.granted", compensation=granted.id, kind=granted.kind, operator=operator.username)
    return granted


async def _give(connection: Connection, one: Compensation) -> None:
    if one.target is None:
        await experience.add(connection, [Earning(one.customer_id, one.amount, one.source, "补偿")])
        return
    outcome: object
    if one.kind == "coupon":
        order = coupons.IssueOrder(one.customer_id, one.target, one.source, "compensation")
        [outcome] = await coupons.issue(connection, [order])
    else:
        wanted = benefits.IssueOrder(one.customer_id, one.target, one.source, "compensation")
        [outcome] = await benefits.issue(connection, [wanted])
    if isinstance(outcome, coupons.IssueFailure | benefits.IssueFailure):
        raise Conflict(outcome.code, rules.REFUSALS.get(outcome.code, "暂时无法发放"))


async def _tell(connection: Connection, one: Compensation) -> None:
    if one.message is None:
        return
    profile = (await customers.profiles(connection, [one.customer_id]))[one.customer_id]
    says = {"customer": mask_name(profile.name), "reward": _reward(one), "reason": one.reason}
    await messages.prepare(connection, [Notice(one.customer_id, one.message, one.source, says)])


def _reward(one: Compensation) -> str:
    if one.target is None:
        return f"{one.amount}经验值"
    return coupons.template_name(one.target) if one.kind == "coupon" else benefits.benefit_name(one.target)
