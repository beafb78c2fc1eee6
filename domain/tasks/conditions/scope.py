"""Layer 3: `where`, compiled to one predicate over (event, net amount)."""

from collections.abc import Callable, Mapping
from typing import Any

from domain.events.event import Event
from domain.tasks.conditions.items import Item, Measure
from kit import clock
from kit.errors import Fault

Predicate = Callable[[Event, int], bool]
Getter = Callable[[Event, int], Any]

_TEXT_TESTS = ("in", "not_in", "contains")
_NUMBER_TESTS = ("at_least", "at_most", "between", "in", "not_in")
_MONEY_FIELDS: dict[str, tuple[Getter, tuple[str, ...]]] = {
    "mcc": (lambda e, _: e.mcc, ("in", "not_in")),
    "merchant": (lambda e, _: (e.merchant_id, e.merchant_name), _TEXT_TESTS),
    "merchant_id": (lambda e, _: e.merchant_id, _TEXT_TESTS),
    "merchant_name": (lambda e, _: e.merchant_name, _TEXT_TESTS),
    "card_product": (lambda e, _: e.card_product, ("in", "not_in")),
    "amount": (lambda _, net: net, _NUMBER_TESTS),
}
_ALL_FIELDS: dict[str, tuple[Getter, tuple[str, ...]]] = {
    "channel": (lambda e, _: e.channel, ("in", "not_in")),
    "weekday": (lambda e, _: e.occurred_at.astimezone(clock.SHANGHAI).isoweekday(), _NUMBER_TESTS),
    "hour": (lambda e, _: e.occurred_at.astimezone(clock.SHANGHAI).hour, _NUMBER_TESTS),
    "wallet": (lambda e, _: (e.attributes or {}).get("wallet"), _TEXT_TESTS),
    "region": (lambda e, _: (e.attributes or {}).get("region"), _TEXT_TESTS),
}
# A field may also be written as it stands in the event.
_AS_IN_EVENT = {
    "merchant.id": "merchant_id",
    "merchant.name": "merchant_name",
    "card.product": "card_product",
    "amount_fen": "amount",
}
_RANGES = {"weekday": (1, 7), "hour": (0, 23)}


def faults(where: Mapping[str, Mapping[str, Any]], item: Item, path: str) -> list[Fault]:
    """Everything wrong with a scope, each with its path."""
    found: list[Fault] = []
    for written, test in where.items():
        at = f"{path}.{written}"
        field = _AS_IN_EVENT.get(written, written)
        if field not in _MONEY_FIELDS and field not in _ALL_FIELDS and not _names_attribute(field):
            known = ", ".join([*_MONEY_FIELDS, *_ALL_FIELDS, "attributes.<name>"])
            found.append(Fault(at, "condition.unknown_field", f"unknown field; one of {known}"))
        elif item.measure is Measure.STATUS or (field in _MONEY_FIELDS and item.category == "special"):
            found.append(Fault(at, "condition.scope_does_not_fit", f"{item.name} has no {field} to ask for"))
        elif len(test) != 1:
            found.append(Fault(at, "condition.one_test", 'exactly one test, as in {"in": ["5541"]}'))
        else:
            found.extend(_test_faults(field, *next(iter(test.items())), at))
    return found


def _test_faults(field: str, test: str, value: Any, path: str) -> list[Fault]:
    at = f"{path}.{test}"
    allowed = _allowed(field)
    if test not in allowed:
        return [Fault(at, "condition.unknown_test", f"{field} can be tested by {', '.join(allowed)}")]
    numeric = field in ("amount", *_RANGES)
    if test in ("in", "not_in"):
        fits = isinstance(value, list) and value and all(_is_value(v, numeric) for v in value)
        wanted = "a list that is not empty" + (" of whole numbers" if numeric else " of texts")
        if fits and field == "mcc" and not all(len(v) == 4 and v.isascii() and v.isdigit() for v in value):
            fits, wanted = False, "codes of four digits"
    elif test == "between":
        fits = (
            isinstance(value, list)
            and len(value) == 2
            and all(_is_value(v, True) for v in value)
            and value[0] <= value[1]
        )
        wanted = "two whole numbers, the smaller one first"
    elif test == "contains":
        fits, wanted = isinstance(value, str) and bool(value), "a text"
    else:
        fits, wanted = _is_value(value, True), "a whole number that is not negative"
    if not fits:
        return [Fault(at, "condition.wrong_value", f"expected {wanted}")]
    if field in _RANGES:
        low, high = _RANGES[field]
        if any(not low <= v <= high for v in (value if isinstance(value, list) else [value])):
            return [Fault(at, "condition.wrong_value", f"expected numbers from {low} to {high}")]
    return []


def _names_attribute(field: str) -> bool:
    return len(field) > len("attributes.") and field.startswith("attributes.")


def _allowed(field: str) -> tuple[str, ...]:
    if field.startswith("attributes."):
        return ("in", "not_in", "contains", "at_least", "at_most", "between")
    return (_MONEY_FIELDS.get(field) or _ALL_FIELDS[field])[1]


def _is_value(value: Any, numeric: bool) -> bool:
    if numeric:
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return isinstance(value, str)


def compile_scope(where: Mapping[str, Mapping[str, Any]]) -> Predicate:
    """One predicate that holds when every test of a valid `where` holds."""
    tests = [_compile_test(_AS_IN_EVENT.get(written, written), test) for written, test in where.items()]
    if not tests:
        return lambda _event, _net: True
    if len(tests) == 1:
        return tests[0]
    return lambda event, net: all(test(event, net) for test in tests)


def _compile_test(field: str, test: Mapping[str, Any]) -> Predicate:
    ((name, value),) = test.items()
    get = _getter(field)
    if field == "merchant":
        return _either(name, value, get)
    if name == "in":
        members = frozenset(value)
        return lambda e, net: get(e, net) in members
    if name == "not_in":
        others = frozenset(value)
        return lambda e, net: get(e, net) not in others
    if name == "contains":
        needle = value.lower()
        return lambda e, net: needle in str(get(e, net) or "").lower()
    low, high = {"at_least": (value, None), "at_most": (None, value)}.get(name) or tuple(value)
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
    if field.startswith("attributes."):
        name = field.removeprefix("attributes.")
        return lambda e, _: _hashable((e.attributes or {}).get(name))
    return (_MONEY_FIELDS.get(field) or _ALL_FIELDS[field])[0]


def _hashable(value: Any) -> Any:
    return value if isinstance(value, (str, int, float, bool)) else None


def _within(value: Any, low: int | None, high: int | None) -> bool:
    if not isinstance(value, (int, float)):
        return False
    return (low is None or value >= low) and (high is None or value <= high)


def mccs_of(where: Mapping[str, Mapping[str, Any]]) -> frozenset[str] | None:
    """The MCCs outside which nothing can match, for the index of the live tasks; None: any."""
    members = where.get("mcc", {}).get("in")
    return frozenset(members) if members is not None else None
