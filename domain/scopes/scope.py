"""Layer 3: `where`, compiled to one predicate over (event, net amount)."""

from collections.abc import Callable, Mapping
from typing import Any

from domain.events.event import Event
from domain.scopes.days import day_of
from kit import clock

Test = Mapping[str, Any]
Where = Mapping[str, Test]
Predicate = Callable[[Event, int], bool]
Getter = Callable[[Event, int], Any]

LISTS = ("in", "not_in")
TEXT_TESTS = (*LISTS, "contains")
NUMBER_TESTS = ("at_least", "at_most", "between", *LISTS)
MONEY_FIELDS: dict[str, tuple[Getter, tuple[str, ...]]] = {
    "mcc": (lambda e, _: e.mcc, LISTS),
    "merchant": (lambda e, _: (e.merchant_id, e.merchant_name), TEXT_TESTS),
    "merchant_id": (lambda e, _: e.merchant_id, TEXT_TESTS),
    "merchant_name": (lambda e, _: e.merchant_name, TEXT_TESTS),
    "card_product": (lambda e, _: e.card_product, LISTS),
    "amount": (lambda _, net: net, NUMBER_TESTS),
}
OTHER_FIELDS: dict[str, tuple[Getter, tuple[str, ...]]] = {
    "channel": (lambda e, _: e.channel, LISTS),
    "weekday": (lambda e, _: day_of(e.occurred_at).isoweekday(), NUMBER_TESTS),
    "hour": (lambda e, _: e.occurred_at.astimezone(clock.SHANGHAI).hour, NUMBER_TESTS),
    "wallet": (lambda e, _: (e.attributes or {}).get("wallet"), TEXT_TESTS),
    "region": (lambda e, _: (e.attributes or {}).get("region"), TEXT_TESTS),
    "survey": (lambda e, _: (e.attributes or {}).get("survey"), TEXT_TESTS),
}
ATTRIBUTE = "attributes."
ATTRIBUTE_TESTS = (*TEXT_TESTS, "at_least", "at_most", "between")
CYCLIC = {"weekday": range(1, 8), "hour": range(24)}
"""Fields that go round: from 22 to 6 is the night, from 6 to 1 the weekend and Monday."""
_AS_IN_EVENT = {
    "merchant.id": "merchant_id",
    "merchant.name": "merchant_name",
    "card.product": "card_product",
    "amount_fen": "amount",
}


def field_of(written: str) -> str:
    """The field; it may also be written as it stands in the event."""
    return _AS_IN_EVENT.get(written, written)


def only(test: Test) -> tuple[str, Any]:
    """The name and value of a valid test; a lower and an upper bound together are a range."""
    if len(test) == 2:
        return "between", [test["at_least"], test["at_most"]]
    return next(iter(test.items()))


def allowed(field: str, test: Test) -> frozenset[int]:
    """The weekdays or hours a valid test of such a field lets through."""
    name, value = only(test)
    every = CYCLIC[field]
    if name in LISTS:
        return frozenset(n for n in every if (n in value) is (name == "in"))
    low, high = bounds(name, value)
    low, high = every[0] if low is None else low, every[-1] if high is None else high
    if low <= high:
        return frozenset(n for n in every if low <= n <= high)
    return frozenset(n for n in every if n >= low or n <= high)


def bounds(name: str, value: Any) -> tuple[Any, Any]:
    """What a test for a range includes at both ends; None: open."""
    return {"at_least": (value, None), "at_most": (None, value)}.get(name) or tuple(value)


def compile_scope(where: Where) -> Predicate:
    """One predicate that holds when every test of a valid `where` holds."""
    tests = [_compile_test(field_of(written), test) for written, test in where.items()]
    if not tests:
        return lambda _event, _net: True
    if len(tests) == 1:
        return tests[0]
    return lambda event, net: all(test(event, net) for test in tests)


def _compile_test(field: str, test: Test) -> Predicate:
    name, value = only(test)
    get = _getter(field)
    if field in CYCLIC:
        through = allowed(field, test)
        return lambda e, net: get(e, net) in through
    if field == "merchant":
        return _either(name, value, get)
    if name == "in":
        members = frozenset(map(_told_apart, value))
        return lambda e, net: get(e, net) in members
    if name == "not_in":
        others = frozenset(map(_told_apart, value))
        return lambda e, net: get(e, net) not in others
    if name == "contains":
        needle = value.lower()
        return lambda e, net: needle in str(get(e, net) or "").lower()
    low, high = bounds(name, value)
    return lambda e, net: _within(get(e, net), low, high)


def _either(name: str, value: Any, get: Getter) -> Predicate:
    """`merchant` looks at the id and at the name."""
    if name == "contains":
        needle = value.lower()
        return lambda e, net: any(needle in (part or "").lower() for part in get(e, net))
    members = frozenset(value)
    if name == "in":
        return lambda e, net: any(part in members for part in get(e, net) if part)
    return lambda e, net: not any(part in members for part in get(e, net) if part)


def _getter(field: str) -> Getter:
    if field.startswith(ATTRIBUTE):
        name = field.removeprefix(ATTRIBUTE)
        return lambda e, _: _told_apart((e.attributes or {}).get(name))
    get = (MONEY_FIELDS.get(field) or OTHER_FIELDS[field])[0]
    return (lambda e, net: _told_apart(get(e, net))) if field in ("wallet", "region", "survey") else get


def _told_apart(value: Any) -> Any:
    """Something a set can hold, in which true is not the number 1."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, (str, int, float)) else None


def _within(value: Any, low: float | None, high: float | None) -> bool:
    if not isinstance(value, (int, float)):
        return False
    return (low is None or value >= low) and (high is None or value <= high)


def mccs_of(where: Where) -> frozenset[str] | None:
    """The MCCs outside which nothing can match, for the index of the live tasks; None: any."""
    members = where.get("mcc", {}).get("in")
    return frozenset(members) if members is not None else None
