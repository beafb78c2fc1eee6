"""What we ask of benefit suppliers and what they tell us; where their books and ours differ."""

from domain.suppliers.ask import ask_suppliers
from domain.suppliers.substitute import substitute
from domain.suppliers.take_usages import Usage, UsageOutcome, take_usages

__all__ = ["Usage", "UsageOutcome", "ask_suppliers", "substitute", "take_usages"]
