"""A scope of events (`domain.scopes`) as conditions on a row `e` of `event`; every value is a parameter."""

from decimal import Decimal
from typing import Any

from domain import scopes
from domain.audiences.values import Values
from domain.scopes import Test

_LOCAL = "(e.occurred_at AT TIME ZONE 'Asia/Shanghai')"
_TEXTS = {
    "mcc": "e.mcc",
    "merchant_id": "e.merchant_id",
    "merchant_name": "e.merchant_name",
    "card_product": "e.card_product",
    "channel": "e.channel",
}
_CYCLIC = {"weekday": f"extract(isodow FROM {_LOCAL})::int", "hour": f"extract(hour FROM {_LOCAL})::int"}
_OF_ATTRIBUTES = ("wallet", "region", "survey")
_ATTRIBUTE = "attributes."


def scope_test(written: str, test: Test, net: str, values: Values) -> str:
    """The condition of one test of a scope without faults; `net` is what the event is worth."""
    field = scopes.field_of(written)
    if field in _CYCLIC:
        return f"{_CYCLIC[field]} = ANY({values.place(sorted(scopes.allowed(field, test)), 'int[]')})"
    name, value = scopes.only(test)
    if field == "merchant":
        parts = [_text(f"e.{part}", name, value, values) for part in ("merchant_id", "merchant_name")]
        return f"({(' AND ' if name == 'not_in' else ' OR ').join(parts)})"
    if field == "amount":
        return _number(net, name, value, values)
    if field in _TEXTS:
        return _text(_TEXTS[field], name, value, values)
    attribute = field if field in _OF_ATTRIBUTES else field.removeprefix(_ATTRIBUTE)
    return _attribute(values.place(attribute, "text"), name, value, values)


def _text(column: str, name: str, value: Any, values: Values) -> str:
    if name == "contains":
        return f"(position({values.place(value.lower(), 'text')} IN lower(coalesce({column}, ''))) > 0)"
    if name == "in":
        return f"coalesce({column} = ANY({values.place(value, 'text[]')}), false)"
    return f"coalesce({column} <> ALL({values.place(value, 'text[]')}), true)"


def _number(expression: str, name: str, value: Any, values: Values) -> str:
    if name in ("in", "not_in"):
        test = f"coalesce({expression} = ANY({values.place(value, 'bigint[]')}), false)"
        return test if name == "in" else f"NOT {test}"
    return _bounds(expression, *scopes.bounds(name, value), values, "bigint")


def _bounds(expression: str, low: Any, high: Any, values: Values, kind: str) -> str:
    """Both ends are included; None: open."""
    tests = []
    if low is not None:
        tests.append(f"{expression} >= {values.place(low, kind)}")
    if high is not None:
        tests.append(f"{expression} <= {values.place(high, kind)}")
    return f"coalesce({' AND '.join(tests)}, false)"


def _attribute(name_place: str, name: str, value: Any, values: Values) -> str:
    """JSON tells a number from a text of digits; true and "true" are one."""
    found = f"(e.attributes -> {name_place})"
    text, kind = f"({found} #>> '{{}}')", f"jsonb_typeof({found})"
    if name == "contains":
        needle = values.place(value.lower(), "text")
        scalar = f"{kind} IN ('string', 'boolean', 'number')"
        return f"coalesce({scalar} AND position({needle} IN lower({text})) > 0, false)"
    if name in ("in", "not_in"):
        words = [str(one).lower() if isinstance(one, bool) else one for one in value if isinstance(one, (bool, str))]
        numbers = [Decimal(str(one)) for one in value if not isinstance(one, (bool, str))]
        test = f"""coalesce(CASE WHEN {kind} IN ('string', 'boolean') THEN {text} = ANY({values.place(words, "text[]")})
            WHEN {kind} = 'number' THEN {text}::numeric = ANY({values.place(numbers, "numeric[]")}) END, false)"""
        return test if name == "in" else f"NOT {test}"
    number = f"(CASE WHEN {kind} = 'number' THEN {text}::numeric END)"
    low, high = (None if bound is None else Decimal(str(bound)) for bound in scopes.bounds(name, value))
    return _bounds(number, low, high, values, "numeric")
