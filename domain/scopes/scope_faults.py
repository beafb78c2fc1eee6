"""What is wrong with layer 3 as it was written, each fault with its path."""

from typing import Any

from domain.scopes.items import Item, Measure
from domain.scopes.scope import (
    ATTRIBUTE,
    ATTRIBUTE_TESTS,
    CYCLIC,
    LISTS,
    MONEY_FIELDS,
    OTHER_FIELDS,
    Test,
    Where,
    bounds,
    field_of,
    only,
)
from kit.errors import Fault


def faults(where: Where, item: Item, path: str) -> list[Fault]:
    """Everything wrong with a scope."""
    found: list[Fault] = []
    seen: set[str] = set()
    for written, test in where.items():
        at, field = f"{path}.{written}", field_of(written)
        if field not in MONEY_FIELDS and field not in OTHER_FIELDS and not _names_attribute(field):
            known = ", ".join([*MONEY_FIELDS, *OTHER_FIELDS, f"{ATTRIBUTE}<name>"])
            found.append(Fault(at, "condition.unknown_field", f"unknown field; one of {known}"))
        elif not _fits(field, item):
            found.append(Fault(at, "condition.scope_does_not_fit", f"{item.name} has no {field} to ask for"))
        elif field in seen:
            found.append(Fault(at, "condition.one_test", f"{field} is asked for twice under two spellings"))
        elif len(test) != 1 and set(test) != {"at_least", "at_most"}:
            detail = 'exactly one test, as in {"in": ["5541"]}; only "at_least" and "at_most" may stand together'
            found.append(Fault(at, "condition.one_test", detail))
        else:
            found.extend(_faults_of_field(field, test, at))
        seen.add(field)
    return found


def _fits(field: str, item: Item) -> bool:
    if item.measure is Measure.STATUS or (field in MONEY_FIELDS and item.category == "special"):
        return False
    return field != "survey" or item.event_type == "survey_done"


def _faults_of_field(field: str, test: Test, at: str) -> list[Fault]:
    found = [fault for name, value in test.items() for fault in _test_faults(field, name, value, at)]
    if found:
        return found
    if len(test) == 2 and test["at_least"] > test["at_most"]:
        return [Fault(f"{at}.at_most", "condition.impossible", "lies below at_least")]
    if field == "amount" and test.get("at_most") == 0:
        return [Fault(f"{at}.at_most", "condition.impossible", "what counts is worth more than nothing")]
    if field in CYCLIC and test.get("not_in") and set(CYCLIC[field]) <= set(test["not_in"]):
        return [Fault(f"{at}.not_in", "condition.impossible", f"leaves no {field}")]
    return []


def _test_faults(field: str, test: str, value: Any, path: str) -> list[Fault]:
    at = f"{path}.{test}"
    known = ATTRIBUTE_TESTS if field.startswith(ATTRIBUTE) else (MONEY_FIELDS.get(field) or OTHER_FIELDS[field])[1]
    if test not in known:
        return [Fault(at, "condition.unknown_test", f"{field} can be tested by {', '.join(known)}")]
    wanted = _unless_list(field, value) if test in LISTS else _unless_value(field, test, value)
    if wanted:
        return [Fault(at, "condition.wrong_value", f"expected {wanted}")]
    if field in CYCLIC:
        low, high = CYCLIC[field][0], CYCLIC[field][-1]
        if any(not low <= v <= high for v in (value if isinstance(value, list) else [value])):
            return [Fault(at, "condition.wrong_value", f"expected numbers from {low} to {high}")]
    return []


def _unless_list(field: str, value: Any) -> str | None:
    """What a list must be, where this one is not."""
    numeric, attribute = field in ("amount", *CYCLIC), field.startswith(ATTRIBUTE)
    values = value if isinstance(value, list) else []
    if not values or not all(
        _is_number(v, whole=True)
        if numeric
        else isinstance(v, str) or (attribute and isinstance(v, (bool, int, float)))
        for v in values
    ):
        kinds = " of whole numbers" if numeric else " of texts, numbers or true and false" if attribute else " of texts"
        return f"a list that is not empty{kinds}"
    if field == "mcc" and not all(len(v) == 4 and v.isascii() and v.isdigit() for v in values):
        return "codes of four digits"
    return None


def _unless_value(field: str, test: str, value: Any) -> str | None:
    """What a text or a range must be, where this one is not."""
    if test == "contains":
        return None if isinstance(value, str) and value else "a text"
    whole = not field.startswith(ATTRIBUTE)
    kind = "whole number" if whole else "number"
    if test != "between":
        return None if _is_number(value, whole) else f"a {kind}{' that is not negative' if whole else ''}"
    pair = isinstance(value, list) and len(value) == 2 and all(_is_number(v, whole) for v in value)
    if not pair or (field not in CYCLIC and value[0] > value[1]):
        return f"two {kind}s{'' if field in CYCLIC else ', the smaller one first'}"
    return None


def _is_number(value: Any, whole: bool) -> bool:
    if isinstance(value, bool):
        return False
    return (isinstance(value, int) and value >= 0) if whole else isinstance(value, (int, float))


def _names_attribute(field: str) -> bool:
    return len(field) > len(ATTRIBUTE) and field.startswith(ATTRIBUTE)


def largest_amount(where: Where) -> int | None:
    """Above which no transaction is in a valid scope; None: any amount is."""
    for written, test in where.items():
        if field_of(written) == "amount":
            name, value = only(test)
            if name == "not_in":
                return None
            most = max(value) if name == "in" else bounds(name, value)[1]
            return None if most is None else int(most)
    return None
