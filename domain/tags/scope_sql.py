"""Layer 3 of a condition as SQL over a row of `event`; for every event it says what the compiled predicate says."""

from typing import Any

from domain.scopes import CYCLIC, Test, Where, allowed, bounds, field_of, only
from domain.tags.parameters import Parameters

_MOMENT = "({row}.occurred_at AT TIME ZONE 'Asia/Shanghai')"
_TEXTS = ("mcc", "merchant_id", "merchant_name", "card_product", "channel")
_CYCLES = {"weekday": "isodow", "hour": "hour"}


def scope_sql(where: Where, row: str, net: str, values: Parameters) -> str:
    """A condition that is true or false, never null; `net` is the net amount of the event."""
    tests = [_test(field_of(written), test, row, net, values) for written, test in where.items()]
    return " AND ".join(f"({one})" for one in tests) or "true"


def _test(field: str, test: Test, row: str, net: str, values: Parameters) -> str:
    name, value = only(test)
    if field in CYCLIC:
        part = f"extract({_CYCLES[field]} FROM {_MOMENT.format(row=row)})::int"
        return f"{part} = ANY({values.at(sorted(allowed(field, test)), 'int[]')})"
    if field == "amount":
        return _number_test(name, value, net, values)
    if field == "merchant":
        either = [_text_test("in" if name == "not_in" else name, value, f"{row}.{c}", values) for c in _MERCHANT]
        return f"{'NOT ' if name == 'not_in' else ''}({' OR '.join(either)})"
    if field in _TEXTS:
        return _text_test(name, value, f"{row}.{field}", values)
    attribute = f"({row}.attributes -> {values.at(field.removeprefix('attributes.'), 'text')})"
    return _attribute_test(name, value, attribute, values)


_MERCHANT = ("merchant_id", "merchant_name")


def _text_test(name: str, value: Any, column: str, values: Parameters) -> str:
    if name == "contains":
        return _contains(f"coalesce({column}, '')", value, values)
    among = f"coalesce({column} = ANY({values.at(value, 'text[]')}), false)"
    return among if name == "in" else f"NOT {among}"


def _contains(text: str, needle: str, values: Parameters) -> str:
    """Whatever the case. The database's own collation may know but that of ASCII, so the capitals of other letters that
    are looked for are put into small ones by name.
    """
    small = needle.lower()
    others = {letter.upper(): letter for letter in small if not letter.isascii() and letter.upper() != letter}
    pairs = [(capital, letter) for capital, letter in others.items() if len(capital) == 1]
    lowered = f"lower({text})"
    if pairs:
        capitals, letters = ("".join(column) for column in zip(*pairs, strict=True))
        lowered = f"translate({lowered}, {values.at(capitals, 'text')}, {values.at(letters, 'text')})"
    return f"position({values.at(small, 'text')} IN {lowered}) > 0"


def _number_test(name: str, value: Any, number: str, values: Parameters, kind: str = "bigint") -> str:
    if name in ("in", "not_in"):
        among = f"{number} = ANY({values.at(value, f'{kind}[]')})"
        return among if name == "in" else f"NOT {among}"
    low, high = bounds(name, value)
    tests = [f"{number} >= {values.at(low, kind)}"] if low is not None else []
    tests += [f"{number} <= {values.at(high, kind)}"] if high is not None else []
    return " AND ".join(tests)


def _attribute_test(name: str, value: Any, attribute: str, values: Parameters) -> str:
    """An attribute may be a text, a number, true or false; true is the text `true` to a scope."""
    kind, text = f"jsonb_typeof({attribute})", f"({attribute} #>> '{{}}')"
    if name == "contains":
        return _contains(f"CASE WHEN {kind} IN ('string', 'number', 'boolean') THEN {text} ELSE '' END", value, values)
    number = f"CASE WHEN {kind} = 'number' THEN {text}::double precision END"
    if name not in ("in", "not_in"):
        return f"coalesce({_number_test(name, value, f'({number})', values, 'double precision')}, false)"
    words = [_word(one) for one in value if isinstance(one, (str, bool))]
    numbers = [float(one) for one in value if isinstance(one, (int, float)) and not isinstance(one, bool)]
    among = (
        f"coalesce({kind} IN ('string', 'boolean') AND {text} = ANY({values.at(words, 'text[]')}), false)"
        f" OR coalesce(({number}) = ANY({values.at(numbers, 'double precision[]')}), false)"
    )
    return among if name == "in" else f"NOT ({among})"


def _word(value: str | bool) -> str:
    return value if isinstance(value, str) else "true" if value else "false"
