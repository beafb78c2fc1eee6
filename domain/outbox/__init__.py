"""Facts recorded in the transaction of the change that caused them, and reacted to exactly once in effect."""

from domain.outbox.parked import ParkedFact, parked, retry
from domain.outbox.record import record
from domain.outbox.registry import Reactions, react_with
from domain.outbox.relay import relay_batch

__all__ = ["ParkedFact", "Reactions", "parked", "react_with", "record", "relay_batch", "retry"]
