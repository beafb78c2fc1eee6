"""Every invariant of the house as SQL that finds its violations; checked on demand and on a schedule."""

from domain.reconciliation.check import Report, Verdict
from domain.reconciliation.invariant import Invariant
from domain.reconciliation.invariants import INVARIANTS
from domain.reconciliation.queries import Checked, last_checks
from domain.reconciliation.reconcile import reconcile
from domain.reconciliation.record import check_and_record, check_when_due

__all__ = [
    "INVARIANTS",
    "Checked",
    "Invariant",
    "Report",
    "Verdict",
    "check_and_record",
    "check_when_due",
    "last_checks",
    "reconcile",
]
