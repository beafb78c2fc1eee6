"""Who may do what to a configuration. Pure."""

from datetime import datetime

from domain.approvals.states import Move, State
from domain.operators.identity import OperatorIdentity, Role
from domain.operators.rules import check_role
from kit.errors import Conflict, Fault, Forbidden, NotFound, RuleViolated

WRITERS = frozenset({Role.MAKER})
MOVERS = {
    Move.SUBMIT: frozenset({Role.MAKER}),
    Move.APPROVE: frozenset({Role.CHECKER}),
    Move.APPROVE_BUDGET: frozenset({Role.BUDGET_APPROVER}),
    Move.UNSCHEDULE: frozenset({Role.MAKER, Role.CHECKER}),
    Move.REJECT: frozenset({Role.CHECKER, Role.BUDGET_APPROVER}),
    Move.PAUSE: frozenset({Role.MAKER, Role.CHECKER}),
    Move.RESUME: frozenset({Role.MAKER, Role.CHECKER}),
    Move.END: frozenset({Role.MAKER, Role.CHECKER}),
}


def check_may_write(operator: OperatorIdentity) -> None:
    """Raises `Forbidden` (`operator.missing_role`)."""
    check_role(operator, *sorted(WRITERS))


def check_may(operator: OperatorIdentity, move: Move) -> None:
    """Raises `Forbidden` (`operator.missing_role`)."""
    check_role(operator, *sorted(MOVERS[move]))


def check_scope(operator: OperatorIdentity, branch: str) -> None:
    """A configuration of another branch is not there. Raises `NotFound`."""
    if not operator.sees(branch):
        raise not_found()


def check_checker(operator: OperatorIdentity, maker_id: int) -> None:
    """Four eyes. Raises `Forbidden` (`approval.maker_is_checker`)."""
    if operator.operator_id == maker_id:
        raise Forbidden("approval.maker_is_checker", "经办与复核不能是同一人")


def check_third(operator: OperatorIdentity, maker_id: int, checker_id: int | None) -> None:
    """Six eyes: neither maker nor checker. Raises `Forbidden` (`approval.maker_is_checker`,
    `approval.same_approver`).
    """
    check_checker(operator, maker_id)
    if operator.operator_id == checker_id:
        raise Forbidden("approval.same_approver", "预算审批与复核不能是同一人")


def check_rejecter(operator: OperatorIdentity, state: str) -> None:
    """Who may send it back is whoever it waits for. Raises `Forbidden` (`operator.missing_role`)."""
    check_role(operator, Role.BUDGET_APPROVER if state == State.CHECKED else Role.CHECKER)


def check_content(approved_hash: str | None, stored_hash: str, actual_hash: str) -> None:
    """What is approved is what was submitted and, when the checker names it, what the checker has read.

    Raises `Conflict` (`approval.content_changed`), with the hash that was approved and the one there is.
    """
    if actual_hash != stored_hash or approved_hash not in (None, stored_hash):
        details = {"approved_hash": approved_hash or stored_hash, "content_hash": actual_hash}
        raise Conflict("approval.content_changed", "待复核的内容已变化，请重新查看后再复核", details=details)


def check_time(live_at: datetime | None, now: datetime) -> None:
    """Raises `RuleViolated` (`approval.time_is_past`)."""
    if live_at is not None and live_at <= now:
        fault = Fault("live_at", "approval.time_is_past", "must lie ahead; leave it out to go live at once")
        raise RuleViolated(fault.code, "上线时间必须晚于现在", [fault])


def not_found() -> NotFound:
    """The refusal where there is nothing, or nothing of this operator's."""
    return NotFound("configuration.not_found", "没有这项配置")
