"""Every invariant of the house as SQL that finds its violations."""

from domain.reconciliation.invariant import Invariant
from domain.reconciliation.invariants import INVARIANTS
from domain.reconciliation.reconcile import Violation, reconcile

__all__ = ["INVARIANTS", "Invariant", "Violation", "reconcile"]
