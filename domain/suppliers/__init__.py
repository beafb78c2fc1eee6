"""What we ask of benefit suppliers and what they tell us; where their books and ours differ."""

from domain.suppliers.ask import ask_suppliers
from domain.suppliers.compare import compare_again
from domain.suppliers.queries import (
    Difference,
    ParkedUsage,
    Reconciliation,
    WaitingRequest,
    parked_usages,
    reconciliation,
    waiting_requests,
)
from domain.suppliers.substitute import substitute
from domain.suppliers.take_file import FileRecord, FileTold, last_stamp, refuse_file, take_file
from domain.suppliers.take_usages import Usage, UsageOutcome, take_usages

__all__ = [
    "Difference",
    "FileRecord",
    "FileTold",
    "ParkedUsage",
    "Reconciliation",
    "Usage",
    "UsageOutcome",
    "WaitingRequest",
    "ask_suppliers",
    "compare_again",
    "last_stamp",
    "parked_usages",
    "reconciliation",
    "refuse_file",
    "substitute",
    "take_file",
    "take_usages",
    "waiting_requests",
]
