"""Operators speak here; nothing in it is reachable by a customer."""

from collections.abc import Sequence

from admin_api import (
    account,
    approvals,
    attention,
    audiences,
    audit,
    benefit_codes,
    branches,
    budgets,
    bundles,
    compensations,
    configuration_versions,
    configurations,
    contacts,
    coupon_issues,
    customer_history,
    customer_reveals,
    customers,
    debts,
    exports,
    forecasts,
    impact,
    imports,
    journeys,
    launches,
    loan_discrepancies,
    operators,
    previews,
    reconciliation,
    reports,
    risk_decisions,
    risk_lists,
    risk_reviews,
    sessions,
    suppliers,
    tags,
    task_graph,
    visibility,
)
from admin_api.guard import admit, signed_in
from admin_api.refusals import Refusals, note
from domain.approvals import Kind
from kit.http import Routes

__all__ = ["Refusals", "routes"]


def routes(kinds: Sequence[Kind]) -> Routes:
    """The room's routes, with those of every kind of configuration.

    The app carries `ctx.operator_tokens` (`SessionTokens[OperatorIdentity]`), `ctx.operator_session_hours` and
    `ctx.operator_idle_minutes` (int), `ctx.second_factor_required` (bool), `ctx.refusals` (`Refusals`).
    """
    room = Routes("admin", "/admin/v1", signed_in, admit, note)
    sessions.add(room)
    account.add(room)
    operators.add(room)
    branches.add(room)
    audit.add(room)
    for kind in kinds:
        configurations.add(room, kind)
        configuration_versions.add(room, kind)
    approvals.add(room)
    attention.add(room)
    audiences.add(room)
    benefit_codes.add(room)
    budgets.add(room)
    bundles.add(room, kinds)
    compensations.add(room)
    coupon_issues.add(room)
    customers.add(room)
    contacts.add(room)
    customer_history.add(room)
    customer_reveals.add(room)
    exports.add(room)
    forecasts.add(room)
    imports.add(room)
    debts.add(room)
    impact.add(room)
    journeys.add(room)
    launches.add(room)
    loan_discrepancies.add(room)
    previews.add(room)
    reconciliation.add(room)
    reports.add(room)
    risk_decisions.add(room)
    risk_lists.add(room)
    risk_reviews.add(room)
    suppliers.add(room)
    tags.add(room)
    task_graph.add(room)
    visibility.add(room)
    return room
