"""Operators speak here; nothing in it is reachable by a customer."""

from collections.abc import Sequence

from admin_api import (
    attention,
    benefit_codes,
    budgets,
    compensations,
    configurations,
    coupon_issues,
    customers,
    debts,
    exports,
    impact,
    imports,
    loan_discrepancies,
    previews,
    reconciliation,
    reports,
    sessions,
    suppliers,
    task_graph,
)
from admin_api.guard import signed_in
from domain.approvals import Kind
from kit.http import Routes

__all__ = ["routes"]


def routes(kinds: Sequence[Kind]) -> Routes:
    """The room's routes, with those of every kind of configuration.

    The app carries `ctx.operator_tokens` (`SessionTokens[OperatorIdentity]`) and `ctx.operator_session_hours` (int).
    """
    room = Routes("admin", "/admin/v1", signed_in)
    sessions.add(room)
    for kind in kinds:
        configurations.add(room, kind)
    attention.add(room)
    benefit_codes.add(room)
    budgets.add(room)
    compensations.add(room)
    coupon_issues.add(room)
    customers.add(room)
    exports.add(room)
    imports.add(room)
    debts.add(room)
    impact.add(room)
    loan_discrepancies.add(room)
    previews.add(room)
    reconciliation.add(room)
    reports.add(room)
    suppliers.add(room)
    task_graph.add(room)
    return room
