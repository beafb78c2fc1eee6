"""The life of a version of a configuration. Pure."""

from enum import StrEnum

from kit.errors import Conflict


class State(StrEnum):
    """Where a version is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    LIVE = "live"
    PAUSED = "paused"
    SUPERSEDED = "superseded"
    ENDED = "ended"


class Move(StrEnum):
    """What may happen to a version; `supersede` happens to the live one when the next is approved."""

    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"
    SUPERSEDE = "supersede"


TRANSITIONS: dict[tuple[State, Move], State] = {
    (State.DRAFT, Move.SUBMIT): State.SUBMITTED,
    (State.DRAFT, Move.END): State.ENDED,
    (State.SUBMITTED, Move.APPROVE): State.LIVE,
    (State.SUBMITTED, Move.REJECT): State.DRAFT,
    (State.LIVE, Move.PAUSE): State.PAUSED,
    (State.LIVE, Move.END): State.ENDED,
    (State.LIVE, Move.SUPERSEDE): State.SUPERSEDED,
    (State.PAUSED, Move.RESUME): State.LIVE,
    (State.PAUSED, Move.END): State.ENDED,
    (State.PAUSED, Move.SUPERSEDE): State.SUPERSEDED,
}


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
