"""What is masked everywhere is told to those who answer customers, for a reason, on the record."""

from domain.reveals.reveal import Card, Field, Revealed, reveal
from domain.reveals.rules import REVEALS_A_DAY

__all__ = ["REVEALS_A_DAY", "Card", "Field", "Revealed", "reveal"]
