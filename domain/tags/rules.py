"""What a test says of a value, which test fits which tag, and which definitions could never work. Pure."""

from collections.abc import Iterator, Mapping

from domain import scopes
from domain.scopes import Measure
from domain.tags.definition import Expression, Source, TagDefinition, TagTest, Transactions, Value
from kit.errors import Fault

MAX_DEPTH = 5
MAX_TESTS = 50
LONGEST_CODE = 32
_TYPES = {
    "field": ("text", "number"),
    "status": ("flag", "number", "text"),
    "transactions": ("number",),
    "imported": ("flag", "number", "text"),
    "expression": ("flag",),
}
_NUMBERS = ("level", "billing_day")
_MEASURES = (Measure.AMOUNT, Measure.COUNT, Measure.DAYS, Measure.MERCHANTS)
_GROUPS = ("all", "any", "not_")
_FITTING = {"flag": "is (true or false), exists", "number": "at_least, at_most, exists", "text": "is, in, exists"}


def holds(test: TagTest, value: Value | None) -> bool:
    """Whether a value (None: the customer does not have the tag) is as the test asks."""
    if test.exists is not None:
        return (value is not None) is test.exists
    if isinstance(test.is_, bool):
        return (value is True) is test.is_
    if value is None or isinstance(value, bool):
        return False
    if test.is_ is not None:
        return value == test.is_
    if test.in_ is not None:
        return value in test.in_
    if not isinstance(value, int):
        return False
    return value >= test.at_least if test.at_least is not None else value <= (test.at_most or 0)


def misfit(test: TagTest, definition: TagDefinition) -> str | None:
    """What would fit the tag, where this test does not: its field and what is known."""
    kind = definition.type
    if test.exists is not None:
        return None
    if kind == "flag":
        fits = isinstance(test.is_, bool)
    elif kind == "number":
        fits = test.at_least is not None or test.at_most is not None
    else:
        asked = test.in_ if test.in_ is not None else [test.is_] if isinstance(test.is_, str) else None
        if asked is not None and (strange := [value for value in asked if value not in definition.values]):
            return f"{strange[0]!r} is none of its values: {', '.join(definition.values)}"
        fits = asked is not None
    return None if fits else f"a {kind} is tested by {_FITTING[kind]}"


def tests_of(expression: Expression, path: str) -> Iterator[tuple[str, TagTest]]:
    """Every test of a tree without fault, with its path, in reading order."""
    if expression.not_ is not None:
        yield from tests_of(expression.not_, f"{path}.not")
    for name in ("all", "any"):
        for place, child in enumerate(getattr(expression, name) or []):
            yield from tests_of(child, f"{path}.{name}[{place}]")
    if expression.tag is not None:
        yield path, expression.test()


def depends_on(definition: TagDefinition) -> list[str]:
    """The tags a composite one is made of, each once."""
    expression = definition.source.expression
    return list(dict.fromkeys(test.tag for _, test in tests_of(expression, ""))) if expression else []


def faults_of(code: str, definition: TagDefinition) -> list[Fault]:
    """Everything wrong with a definition by itself."""
    found: list[Fault] = []
    if len(code) > LONGEST_CODE:
        found.append(Fault("code", "tag.code_too_long", f"at most {LONGEST_CODE} characters"))
    kind = definition.source.kind
    if not kind:
        detail = "exactly one of field, status, transactions, imported, expression"
        return [*found, Fault("source", "tag.unclear_source", detail)]
    return [*found, *_type_faults(definition, kind), *_values_faults(definition), *_source_faults(definition.source)]


def _type_faults(definition: TagDefinition, kind: str) -> Iterator[Fault]:
    types: tuple[str, ...] = _TYPES[kind]
    if definition.source.field is not None:
        types = ("number",) if definition.source.field in _NUMBERS else ("text",)
    if definition.type not in types:
        yield Fault("type", "tag.type_does_not_fit", f"of this source: {', '.join(types)}")
    if definition.fresh_for_days is not None and kind != "imported":
        yield Fault("fresh_for_days", "tag.not_imported", "only imported values grow old; others are computed anew")


def _values_faults(definition: TagDefinition) -> Iterator[Fault]:
    if definition.type != "text":
        if definition.values:
            yield Fault("values", "tag.no_text", "only a text has values it may take")
    elif not definition.values:
        yield Fault("values", "tag.no_values", "the values the text may take")
    for place, value in enumerate(definition.values):
        if value in definition.values[:place]:
            yield Fault(f"values[{place}]", "tag.repeated", f"{value} stands there twice")


def _source_faults(source: Source) -> Iterator[Fault]:
    if source.transactions is not None:
        yield from _transaction_faults(source.transactions)
    if source.expression is not None:
        tests: list[str] = []
        yield from _tree_faults(source.expression, "source.expression", 1, tests)
        if len(tests) > MAX_TESTS:
            yield Fault("source.expression", "tag.too_many_tests", f"at most {MAX_TESTS} tests")


def _transaction_faults(asked: Transactions) -> Iterator[Fault]:
    path = "source.transactions"
    item = scopes.find("cumulative", asked.item)
    if item is None or item.measure not in _MEASURES:
        known = [name for name in scopes.known_items("cumulative") if not name.endswith(".streak")]
        yield Fault(f"{path}.item", "tag.unknown_item", f"one of {', '.join(known)}")
    else:
        yield from scopes.faults(asked.where, item, f"{path}.where")


def _tree_faults(node: Expression, path: str, depth: int, tests: list[str]) -> Iterator[Fault]:
    if depth > MAX_DEPTH:
        yield Fault(path, "tag.too_deep", f"at most {MAX_DEPTH} levels")
        return
    named = [name for name in (*_GROUPS, "tag") if getattr(node, name) is not None]
    if len(named) != 1:
        yield Fault(path, "tag.unclear_expression", 'exactly one of "all", "any", "not", or a test with "tag"')
        return
    if named == ["tag"]:
        tests.append(path)
        try:
            node.test()
        except ValueError as error:
            yield Fault(path, "tag.unclear_test", str(error))
        return
    name = named[0]
    strangers = [f for f in ("is_", "in_", "at_least", "at_most", "exists") if getattr(node, f) is not None]
    for field in strangers:
        yield Fault(f"{path}.{field.rstrip('_')}", "tag.unclear_expression", f"has no place beside {name.rstrip('_')}")
    if node.not_ is not None:
        yield from _tree_faults(node.not_, f"{path}.not", depth + 1, tests)
        return
    children = getattr(node, name)
    if not children:
        yield Fault(f"{path}.{name}", "tag.empty", "at least one test")
    for place, child in enumerate(children):
        yield from _tree_faults(child, f"{path}.{name}[{place}]", depth + 1, tests)


Edges = Mapping[str, list[str]]


def circle_through(edges: Edges, start: str) -> list[str] | None:
    """A way from `start` back to itself, both ends named; None where there is none."""
    ways: list[list[str]] = [[start]]
    seen: set[str] = set()
    for way in ways:
        for following in edges.get(way[-1], ()):
            if following == start:
                return [*way, start]
            if following not in seen:
                seen.add(following)
                ways.append([*way, following])
    return None
