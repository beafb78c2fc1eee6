"""Every invariant of the house as SQL that finds its violations."""

from domain.reconciliation.invariants import INVARIANTS, Invariant
from domain.reconciliation.reconcile import Violation, reconcile

__all__ = ["INVARIANTS", "Invariant", "Violation", "reconcile"]
