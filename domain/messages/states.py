"""The life of a delivery. Pure."""

from enum import StrEnum


class DeliveryState(StrEnum):
    """Where a delivery is. `sending` means that its provider may have been asked and has not said anything yet."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    SKIPPED = "skipped"


D = DeliveryState
MOVES: dict[DeliveryState, frozenset[DeliveryState]] = {
    D.WAITING: frozenset({D.SENDING, D.FAILED, D.SKIPPED}),
    D.SENDING: frozenset({D.SENDING, D.WAITING, D.SENT, D.DELIVERED, D.FAILED, D.SKIPPED}),
    D.SENT: frozenset({D.DELIVERED, D.FAILED}),
    # Receipts come in any order: whatever else was said, a message that arrived has arrived.
    D.FAILED: frozenset({D.DELIVERED}),
    D.SKIPPED: frozenset(),
    D.DELIVERED: frozenset(),
}
OPEN = (D.WAITING, D.SENDING)
"""Those that will be looked at again."""
UNDER_WAY = (D.SENDING, D.SENT, D.DELIVERED)
"""A later channel that is so far has taken over: what becomes of those before it brings up no further one."""
ENDED = (D.DELIVERED, D.FAILED, D.SKIPPED)
