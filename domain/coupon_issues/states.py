"""The life of an issue. Pure."""

from enum import StrEnum


class IssueState(StrEnum):
    """Where an issue is. `checked` waits for a budget approver; `ended` came to a bound that will not lift, `done` to
    the last customer.
    """

    SUBMITTED = "submitted"
    CHECKED = "checked"
    REJECTED = "rejected"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    ENDED = "ended"
    CANCELLED = "cancelled"


MOVES: dict[IssueState, frozenset[IssueState]] = {
    IssueState.SUBMITTED: frozenset(
        {IssueState.RUNNING, IssueState.CHECKED, IssueState.REJECTED, IssueState.CANCELLED}
    ),
    IssueState.CHECKED: frozenset({IssueState.RUNNING, IssueState.REJECTED, IssueState.CANCELLED}),
    IssueState.RUNNING: frozenset({IssueState.PAUSED, IssueState.DONE, IssueState.ENDED, IssueState.CANCELLED}),
    IssueState.PAUSED: frozenset({IssueState.RUNNING, IssueState.CANCELLED}),
    IssueState.REJECTED: frozenset(),
    IssueState.DONE: frozenset(),
    IssueState.ENDED: frozenset(),
    IssueState.CANCELLED: frozenset(),
}
CLOSED = frozenset(state for state, onward in MOVES.items() if not onward)


def may(before: IssueState, after: IssueState) -> bool:
    """Whether an issue can go from `before` to `after`."""
    return after in MOVES[before]
