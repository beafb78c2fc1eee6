"""A maker asks to make something good to one customer."""

import msgspec

from domain import approvals, benefits, coupons, customers, messages
from domain.approvals import Move
from domain.compensations import rules
from domain.compensations.compensation import OF, Compensation, compensation_of, content_hash
from domain.compensations.definition import CompensationRequest
from domain.compensations.kind import limits
from domain.operators import HEAD_OFFICE, OperatorIdentity, acted
from kit import clock, database
from kit.database import Connection
from kit.errors import Conflict, Fault, RuleViolated

_DAY_LOCK = 0x636F_6D70  # with the operator's id: their ceilings of the day are asked one after the other

_SPENT = """SELECT count(*), coalesce(sum(amount) FILTER (WHERE kind = 'experience'), 0)::bigint,
  coalesce(sum(cost_fen), 0)::bigint FROM compensation WHERE state <> 'rejected'"""


class Made(msgspec.Struct, frozen=True):
    """The compensation; `created` is false when it was made before under the same key."""

    compensation: Compensation
    created: bool


async def make(
    operator: OperatorIdentity, customer_no: str, request: CompensationRequest, idempotency_key: str
) -> Made:
    """Submit a compensation; the customer gets nothing before a checker approves.

    Idempotent on the key of this operator. Raises `Forbidden` (`operator.missing_role`), `NotFound`
    (`customer.not_found`), `RuleViolated` (`compensation.impossible` with the path of each fault,
    `compensation.over_ceiling`), `Conflict` (`compensation.day_ceiling`,
    `compensation.month_ceiling`, `idempotency.key_reused`). Locks the operator's ceilings of the day, then the
    customer.
    """
    approvals.check_may(operator, Move.SUBMIT)
    who = await customers.seen_by(operator, customer_no)
    asked = rules.asked(request)
    faults = [*await _target_faults(operator, asked), *await _message_faults(request)]
    if faults:
        raise RuleViolated("compensation.impossible", "补偿设置有误，请按所列路径修改", faults)
    allowed = await limits()
    digest = content_hash(who.id, asked.kind, asked.target, asked.amount, request.reason, request.message)
    cost_fen = await _cost_fen(asked)
    async with database.transaction() as connection:
        await connection.execute("SELECT pg_advisory_xact_lock($1, $2)", _DAY_LOCK, operator.operator_id)
        known = await connection.fetchrow(
            f"{OF} WHERE m.maker_id = $1 AND m.idempotency_key = $2", operator.operator_id, idempotency_key
        )
        if known is not None:
            if known["content_hash"] != digest:
                raise Conflict("idempotency.key_reused", "该请求编号已用于另一笔补偿，请重新发起")
            return Made(compensation_of(known), created=False)
        await customers.lock(connection, [who.id])
        today, month = (
            await _by_operator_today(connection, operator),
            await _for_customer_this_month(connection, who.id),
        )
        rules.check_ceilings(allowed, asked, cost_fen, today, month)
        made_id = await connection.fetchval(
            """INSERT INTO compensation (customer_id, kind, target, amount, cost_fen, reason, message, content_hash,
                                         state, maker_id, idempotency_key, day, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'submitted', $9, $10, $11, $12) RETURNING id""",
            who.id,
            *(asked.kind, asked.target, asked.amount),
            cost_fen,
            *(request.reason, request.message, digest),
            *(operator.operator_id, idempotency_key),
            clock.today(),
            clock.now(),
        )
        [row] = await connection.fetch(f"{OF} WHERE m.id = $1", made_id)
        detail = {
            "customer_no": customer_no,
            "kind": asked.kind,
            "target": asked.target,
            "amount": asked.amount,
            "reason": request.reason,
        }
        await acted(connection, operator, "compensation.make", f"compensations/{made_id}", detail)
    return Made(compensation_of(row), created=True)


async def _by_operator_today(connection: Connection, operator: OperatorIdentity) -> rules.Spent:
    [row] = await connection.fetch(f"{_SPENT} AND maker_id = $1 AND day = $2", operator.operator_id, clock.today())
    return rules.Spent(*row)


async def _for_customer_this_month(connection: Connection, customer_id: int) -> rules.Spent:
    first = clock.today().replace(day=1)
    [row] = await connection.fetch(f"{_SPENT} AND customer_id = $1 AND day >= $2", customer_id, first)
    return rules.Spent(*row)


async def _target_faults(operator: OperatorIdentity, asked: rules.Asked) -> list[Fault]:
    """A branch gives what is its own or head office's."""
    if asked.target is None:
        return []
    kind = coupons.TEMPLATES if asked.kind == "coupon" else benefits.BENEFITS
    owner = await approvals.owner(kind.name, asked.target)
    if owner is None or not (operator.sees(owner) or owner == HEAD_OFFICE):
        return [Fault(asked.kind, "compensation.unknown_reference", f"there is no live {asked.kind} {asked.target!r}")]
    return []


async def _message_faults(request: CompensationRequest) -> list[Fault]:
    if request.message is None:
        return []
    return await messages.faults_of_use("compensation", "message", request.message, rules.MESSAGE_SAYS)


async def _cost_fen(asked: rules.Asked) -> int:
    if asked.target is None:
        return 0
    if asked.kind == "coupon":
        await coupons.catalogue.refresh()
        return coupons.template_cost_fen(asked.target)
    await benefits.catalogue.refresh()
    return benefits.benefit_cost_fen(asked.target)
