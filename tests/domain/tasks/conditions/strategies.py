"""Random valid contents, and random histories of one customer that meet, miss and take back what they ask."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from hypothesis import strategies as st

from domain.events import Event
from domain.events.event import MONEY_IN
from domain.tasks.conditions import MAX_DEPTH
from domain.tasks.conditions.periods import CALENDARS
from tests.domain.tasks.making import Condition, at

START = at("2026-11-18 15:30")
"""About when claims of these tests begin; what happens lies within three weeks before and after."""
MCCS, SHOPS, CHANNELS = ("5541", "5812", "5411"), ("M1", "M2", "M3"), ("pos", "online")
STATUSES = ("card.activated", "wechat.bound")
_STEPS = timedelta(hours=7)


def contents(depth: int = MAX_DEPTH) -> st.SearchStrategy[Condition]:
    """Trees of at most `depth` levels."""
    if depth == 1:
        return conditions()
    children = st.lists(contents(depth - 1), min_size=1, max_size=3)
    groups = st.one_of(
        children.map(lambda some: {"all": some}),
        children.map(lambda some: {"any": some}),
        children.flatmap(lambda some: st.integers(1, len(some)).map(lambda k: {"at_least": k, "of": some})),
    )
    return st.one_of(conditions(), groups)


def conditions() -> st.SearchStrategy[Condition]:
    """One condition of any category over any item, scope and window."""
    return st.one_of(_statuses(), _sums(), _singles(), _behaviour())


def _windows() -> st.SearchStrategy[Any]:
    dates = {"from": "2026-11-10T00:00:00+08:00", "until": "2026-11-25T12:00:00+08:00"}
    return st.sampled_from(["claim", "lifetime", {"rolling_days": 3}, {"rolling_days": 10}, dates]) | st.sampled_from(
        [{"calendar": name} for name in CALENDARS]
    )


def _scopes() -> st.SearchStrategy[Condition]:
    optional = {
        "mcc": st.sampled_from([{"in": [*MCCS[:2]]}, {"in": ["5812"]}, {"not_in": ["5541"]}]),
        "merchant": st.sampled_from([{"in": ["M1"]}, {"contains": "店"}]),
        "amount": st.sampled_from(
            [{"at_least": 300}, {"at_most": 600}, {"between": [200, 700]}, {"at_least": 100, "at_most": 900}]
        ),
        "channel": st.just({"in": ["pos"]}),
        "weekday": st.sampled_from([{"between": [1, 5]}, {"between": [6, 1]}]),
        "hour": st.sampled_from([{"at_least": 12}, {"between": [22, 6]}]),
    }
    return st.fixed_dictionaries({}, optional=optional)


def _made(item: st.SearchStrategy[str], category: str, threshold: st.SearchStrategy[int], where: Any) -> Any:
    parts = {"category": st.just(category), "item": item, "at_least": threshold, "window": _windows(), "where": where}
    return st.fixed_dictionaries(parts).map(_reachable)


def _reachable(condition: Condition) -> Condition:
    """Not more days than a calendar day has, no transaction larger than its scope lets through."""
    most = {
        "days": 1 if condition["window"] == {"calendar": "day"} else 3,
        "stream": {600: 600, 700: 700, 900: 900}.get(_most(condition["where"]), 1_000),
    }
    bound = "days" if condition["item"].endswith(("days", "streak")) else condition["category"]
    return {**condition, "at_least": min(condition["at_least"], most.get(bound, 2_000))}


def _most(where: Condition) -> int | None:
    test = where.get("amount", {})
    return test.get("at_most") or test.get("between", [None, None])[1]


def _sums() -> st.SearchStrategy[Condition]:
    bases = ("purchase", "purchase", "purchase", "repayment")
    sums = _made(st.sampled_from([f"{base}.amount" for base in bases]), "cumulative", st.integers(1, 2_000), _scopes())
    names = [f"{base}.{what}" for base in bases for what in ("count", "days", "merchants", "streak")]
    return sums | _made(st.sampled_from(names), "cumulative", st.integers(1, 3), _scopes())


def _singles() -> st.SearchStrategy[Condition]:
    return _made(st.sampled_from(["purchase", "purchase", "instalment"]), "stream", st.integers(1, 1_000), _scopes())


def _behaviour() -> st.SearchStrategy[Condition]:
    items = st.sampled_from(
        ["sign_in.days", "sign_in.streak", "app_login.streak", "invite.count", "custom.quiz.count", "custom.quiz.days"]
    )
    return _made(items, "special", st.integers(1, 3), st.just({}))


def _statuses() -> st.SearchStrategy[Condition]:
    parts = {
        "category": st.just("status"),
        "item": st.sampled_from(STATUSES),
        "is": st.booleans(),
        "window": _windows(),
    }
    return st.fixed_dictionaries(parts)


def moments() -> st.SearchStrategy[datetime]:
    """Within three weeks of `START`, now and then at the same instant, at its very beginning or at midnight."""
    spread = st.integers(-70, 70).map(lambda step: START + step * _STEPS)
    return spread | st.sampled_from([START, at("2026-11-19 00:00"), at("2026-11-23 00:00"), at("2026-12-01 00:00")])


def _kinds() -> st.SearchStrategy[str]:
    others = [
        *MONEY_IN[1:],
        "sign_in",
        "sign_in",
        "app_login",
        "invite_accepted",
        "custom.quiz",
        "status",
        "status",
        "status",
    ]
    return st.sampled_from(["purchase"] * 8 + others)


@st.composite
def without_take_backs(draw: st.DrawFn, least: int = 0, most: int = 12) -> list[Event]:
    """Transactions, behaviour and statuses, with distinct ids, in no order."""
    return [_event(draw, f"E{number:02d}") for number in range(draw(st.integers(least, most)))]


@st.composite
def histories(draw: st.DrawFn, least: int = 0, most: int = 8) -> list[Event]:
    """The same with refunds: linked by id or authorisation, unlinked, partial, too large; and reversals of refunds."""
    events = draw(without_take_backs(least, most))
    targets = [event for event in events if event.type in MONEY_IN]
    for number in range(draw(st.integers(0, 5))):
        taking = _take_back(draw, f"R{number:02d}", draw(st.sampled_from(targets)) if targets else None)
        events.append(taking)
        targets.append(taking)
    return events


def _event(draw: st.DrawFn, event_id: str) -> Event:
    kind = draw(_kinds())
    event = Event("card-core", event_id, kind, "C", draw(moments()))
    if kind == "status":
        event.attributes = {"name": draw(st.sampled_from(STATUSES)), "value": draw(st.booleans())}
    elif kind in MONEY_IN:
        event.amount_fen, event.mcc = draw(st.integers(1, 1_000)), draw(st.sampled_from([*MCCS, None]))
        event.merchant_id, event.merchant_name = draw(st.sampled_from([*SHOPS, None])), "小店"
        event.channel, event.card_token = draw(st.sampled_from(CHANNELS)), "ct_1"
        event.auth_code = draw(st.sampled_from(["A1", "A2", None]))
    return event


def _take_back(draw: st.DrawFn, event_id: str, target: Event | None) -> Event:
    kind = draw(st.sampled_from(["refund", "reversal", "chargeback"]))
    amount = draw(st.integers(1, 1_500))
    if target is None or draw(st.integers(0, 4)) == 0:
        return Event("card-core", event_id, kind, "C", draw(moments()), amount, mcc=draw(st.sampled_from(MCCS)))
    amount = draw(st.sampled_from([target.amount_fen, max(1, target.amount_fen // 2), amount]))
    given = {"event_id": event_id, "type": kind, "occurred_at": draw(moments()), "amount_fen": amount}
    named = None if target.auth_code and draw(st.booleans()) else target.event_id
    return msgspec.structs.replace(target, **given, original_event_id=named)
