"""Which tag is computed next. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import msgspec

from domain.tags.catalogue import Tag
from domain.tags.rules import depends_on
from kit import clock

SET = 2_000
"""So many customers are computed in one transaction."""
QUIET = timedelta(seconds=5)
"""Values may still be told by a file: they are counted when none was for so long."""


class TagState(msgspec.Struct, frozen=True):
    """How far a tag was computed; a run is under way where `run_version_id` is given."""

    tag: str
    version_id: int | None = None
    as_of: datetime | None = None
    told_at: datetime | None = None
    run_version_id: int | None = None


def next_due(live: Mapping[str, Tag], states: Mapping[str, TagState], now: datetime) -> Tag | None:
    """The first that is due and waits for no other: new versions first, then what is older."""
    waiting = [
        tag
        for tag in live.values()
        if not _running(tag, states)
        and is_due(tag, states, now)
        and not any(_unsettled(one, states, now) for one in _below(tag, live))
    ]
    return min(waiting, key=lambda tag: _rank(states.get(tag.code)), default=None)


def is_due(tag: Tag, states: Mapping[str, TagState], now: datetime) -> bool:
    """Whether its values are another version's, older than its hour, than what a file told or than a tag it is made
    of.
    """
    state = states.get(tag.code) or TagState(tag.code)
    if state.as_of is None or state.version_id != tag.version_id or state.as_of < _last_turn(tag, now):
        return True
    if state.told_at is not None and state.as_of <= state.told_at <= now - QUIET:
        return True
    known = (states.get(code) for code in depends_on(tag.definition))
    return any(one.as_of is not None and one.as_of > state.as_of for one in known if one)


def is_unsettled(code: str, live: Mapping[str, Tag], states: Mapping[str, TagState], now: datetime) -> bool:
    """Whether a live tag is being computed or due, or made of one that is; False for others."""
    tag = live.get(code)
    return tag is not None and any(_unsettled(one, states, now) for one in (tag, *_below(tag, live)))


def _last_turn(tag: Tag, now: datetime) -> datetime:
    turn = clock.start_of_day(clock.business_day(now)) + timedelta(hours=tag.definition.hour)
    return turn if turn <= now else turn - timedelta(days=1)


def _running(tag: Tag, states: Mapping[str, TagState]) -> bool:
    state = states.get(tag.code)
    return state is not None and state.run_version_id == tag.version_id


def _unsettled(tag: Tag, states: Mapping[str, TagState], now: datetime) -> bool:
    return _running(tag, states) or is_due(tag, states, now)


def _below(tag: Tag, live: Mapping[str, Tag]) -> Iterable[Tag]:
    """Every live tag it is made of, directly or not."""
    found: dict[str, Tag] = {}
    codes = depends_on(tag.definition)
    for code in codes:
        if code in live and code not in found:
            found[code] = live[code]
            codes += depends_on(live[code].definition)
    return found.values()


def _rank(state: TagState | None) -> tuple[bool, float]:
    fresh = state is not None and state.as_of is not None
    return fresh, state.as_of.timestamp() if state and state.as_of else 0.0
