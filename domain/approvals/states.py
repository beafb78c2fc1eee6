"""The life of a version of a configuration. Pure."""

from enum import StrEnum

from kit.errors import Conflict


class State(StrEnum):
    """Where a version is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHECKED = "checked"
    SCHEDULED = "scheduled"
    LIVE = "live"
    PAUSED = "paused"
    SUPERSEDED = "superseded"
    ENDED = "ended"


class Move(StrEnum):
    """What may happen to a version. `check` is the approval of one that needs a budget approver too, `schedule` that of
    one whose time lies ahead; `go_live` and `fall_back` happen at that time, `supersede` to the version before.
    """

    SUBMIT = "submit"
    APPROVE = "approve"
    CHECK = "check"
    APPROVE_BUDGET = "approve_budget"
    SCHEDULE = "schedule"
    UNSCHEDULE = "unschedule"
    GO_LIVE = "go_live"
    FALL_BACK = "fall_back"
    REJECT = "reject"
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"
    SUPERSEDE = "supersede"


TRANSITIONS: dict[tuple[State, Move], State] = {
    (State.DRAFT, Move.SUBMIT): State.SUBMITTED,
    (State.DRAFT, Move.END): State.ENDED,
    (State.SUBMITTED, Move.APPROVE): State.LIVE,
    (State.SUBMITTED, Move.CHECK): State.CHECKED,
    (State.SUBMITTED, Move.SCHEDULE): State.SCHEDULED,
    (State.SUBMITTED, Move.REJECT): State.DRAFT,
    (State.CHECKED, Move.APPROVE_BUDGET): State.LIVE,
    (State.CHECKED, Move.SCHEDULE): State.SCHEDULED,
    (State.CHECKED, Move.REJECT): State.DRAFT,
    (State.SCHEDULED, Move.GO_LIVE): State.LIVE,
    (State.SCHEDULED, Move.UNSCHEDULE): State.DRAFT,
    (State.SCHEDULED, Move.FALL_BACK): State.DRAFT,
    (State.LIVE, Move.PAUSE): State.PAUSED,
    (State.LIVE, Move.END): State.ENDED,
    (State.LIVE, Move.SUPERSEDE): State.SUPERSEDED,
    (State.PAUSED, Move.RESUME): State.LIVE,
    (State.PAUSED, Move.END): State.ENDED,
    (State.PAUSED, Move.SUPERSEDE): State.SUPERSEDED,
}

IN_THE_MAKING = frozenset({State.DRAFT, State.SUBMITTED, State.CHECKED, State.SCHEDULED})
"""At most one version of a code is in one of these."""


def may(state: str, move: Move) -> bool:
    """Whether a version in `state` can make `move`."""
    return (State(state), move) in TRANSITIONS


def after(state: str, move: Move) -> State:
    """The state `move` leads to. Raises `Conflict` (`configuration.wrong_state`)."""
    following = TRANSITIONS.get((State(state), move))
    if following is None:
        raise wrong_state()
    return following


def wrong_state() -> Conflict:
    """The refusal of a move that the present state does not allow."""
    return Conflict("configuration.wrong_state", "当前状态不允许此操作，请刷新后再试")
