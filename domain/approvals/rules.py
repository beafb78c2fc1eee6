"""Who may do what to a configuration. Pure."""

from domain.approvals.states import Move
from domain.operators.identity import OperatorIdentity, Role
from domain.operators.rules import check_role
from kit.errors import Conflict, Forbidden, NotFound

WRITERS = frozenset({Role.MAKER})
MOVERS = {
    Move.SUBMIT: frozenset({Role.MAKER}),
    Move.APPROVE: frozenset({Role.CHECKER}),
    Move.REJECT: frozenset({Role.CHECKER}),
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


def check_content(approved_hash: str | None, stored_hash: str, actual_hash: str) -> None:
    """What is approved is what was submitted and, when the checker names it, what the checker has read.

    Raises `Conflict` (`approval.content_changed`).
    """
    if actual_hash != stored_hash or approved_hash not in (None, stored_hash):
        raise Conflict("approval.content_changed", "待复核的内容已变化，请重新查看后再复核")


def not_found() -> NotFound:
    """The refusal where there is nothing, or nothing of this operator's."""
    return NotFound("configuration.not_found", "没有这项配置")
