"""Whether everything that must be true is true."""

import msgspec
from sanic import Request

from admin_api.guard import Scope, access
from admin_api.shapes import Instant
from domain import reconciliation
from domain.operators import OperatorIdentity, Role
from kit import clock
from kit.http import Routes


class InvariantVerdict(msgspec.Struct):
    """An invariant: `violations` counts every row that breaks it, `rows` has the first twenty."""

    invariant: str
    says: str
    holds: bool
    violations: int
    rows: list[dict[str, str]]
    seconds: float


class Reconciliation(msgspec.Struct):
    """Every invariant was checked on one snapshot; `violations` has those that do not hold and is empty when all is
    well, `invariants` has them all.
    """

    checked: int
    checked_at: Instant
    seconds: float
    violations: list[InvariantVerdict]
    invariants: list[InvariantVerdict]


async def post_reconciliation(request: Request, subject: OperatorIdentity) -> Reconciliation:
    """Check every invariant now. Auditors, checkers and administrators of head office may.

    All of it reads one snapshot, so that nothing in flight is taken for a violation. The verdicts are kept for
    `/metrics`, as those of the worker's own runs are.
    """
    report = await reconciliation.check_and_record(subject)
    verdicts = [_shown(verdict) for verdict in report.verdicts]
    return Reconciliation(
        checked=len(verdicts),
        checked_at=clock.local_text(report.checked_at),
        seconds=round(report.seconds, 6),
        violations=[verdict for verdict in verdicts if not verdict.holds],
        invariants=verdicts,
    )


def _shown(one: reconciliation.Verdict) -> InvariantVerdict:
    return InvariantVerdict(
        one.invariant, one.says, not one.violations, one.violations, one.rows, round(one.seconds, 6)
    )


def add(room: Routes) -> None:
    """Put the route of this file into the room."""
    may = access(Scope.HEAD_OFFICE, Role.AUDITOR, Role.CHECKER, Role.ADMINISTRATOR)
    room.route("POST", "/reconciliation", tag="attention", access=may)(post_reconciliation)
