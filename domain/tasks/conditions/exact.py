"""The states of all conditions of a claim, from the whole set of a customer's events."""

from collections.abc import Sequence

from domain.tasks.conditions.leaf import EMPTY, Leaf, State
from domain.tasks.conditions.netting import Netted
from domain.tasks.conditions.window import Span


def exact_states(leaves: Sequence[Leaf], netted: Netted, span: Span) -> list[State]:
    """One state per condition. What the live path arrives at event by event must equal this."""
    return [_state(leaf, netted, span) for leaf in leaves]


def _state(leaf: Leaf, netted: Netted, span: Span) -> State:
    state = EMPTY
    for event, amount in netted.counted:
        if event.type == leaf.item.event_type:
            state = leaf.add(state, event, amount, span)
    for refund, amount in netted.unlinked:
        state = leaf.take(state, refund, amount, span)
    return state
