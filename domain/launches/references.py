"""What a document leads to: the kinds and codes it names. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Reference = tuple[str, str, str]
"""Where the document says so, and the kind and code of what it names."""
_MESSAGES, _AUDIENCES, _TAGS = "message-templates", "audiences", "tags"
ONLY_LIVE = frozenset({_MESSAGES, _AUDIENCES, _TAGS})
"""What must be live already, as it cannot go live together with what names it."""


def references(kind: str, body: Mapping[str, Any]) -> list[Reference]:
    """All that a document names, in reading order, other than the campaign it belongs to."""
    said = _OF_KIND.get(kind)
    return [(path, of, code) for path, of, code in said(body) if isinstance(code, str)] if said else []


_Found = Iterator[tuple[str, str, Any]]


def _of_task(body: Mapping[str, Any]) -> _Found:
    yield from _reach(body, "visible")
    for place, reward in enumerate(body.get("rewards") or []):
        yield f"rewards[{place}].coupon", "coupon-templates", reward.get("coupon")
        yield f"rewards[{place}].benefit", "benefits", reward.get("benefit")
    for place, rule in enumerate((body.get("follow_ups") or {}).get("rules") or []):
        path, when = f"follow_ups.rules[{place}]", rule.get("when") or {}
        yield f"{path}.task", "tasks", rule.get("task")
        yield f"{path}.message", _MESSAGES, rule.get("message")
        for at, code in _each(f"{path}.when.audience", when.get("audience")):
            yield at, _AUDIENCES, code
        for at, test in _each(f"{path}.when.tag", when.get("tag")):
            yield f"{at}.tag", _TAGS, test.get("tag")
    yield from _messages(body, "messages")


def _of_template(body: Mapping[str, Any]) -> _Found:
    yield from _reach(body, "issue")
    yield from _messages(body, "remind")


def _of_benefit(body: Mapping[str, Any]) -> _Found:
    yield "supplier", "suppliers", body.get("supplier")
    yield from _reach(body, "exchange")


def _of_campaign(body: Mapping[str, Any]) -> _Found:
    yield "audience", _AUDIENCES, body.get("audience")
    yield from _reach(body, "trial")


def _of_audience(body: Mapping[str, Any]) -> _Found:
    for path, word, value in _leaves("", body.get("rule") or {}):
        if word == "tag":
            yield f"rule{path}", _TAGS, value
    for path, _, value in _leaves("", body.get("combination") or {}):
        yield f"combination{path}", _AUDIENCES, value


def _of_tag(body: Mapping[str, Any]) -> _Found:
    for path, word, value in _leaves("", (body.get("source") or {}).get("expression") or {}):
        if word == "tag":
            yield f"source.expression{path}", _TAGS, value


def _of_journey(body: Mapping[str, Any]) -> _Found:
    """What lets customers in, what it is for, and what asks about them or is given on the way."""
    yield "trigger.audience_entered", _AUDIENCES, (body.get("trigger") or {}).get("audience_entered")
    parts = [("trigger", body.get("trigger")), ("goal", body.get("goal"))]
    parts += [(f"steps.{code}", step) for code, step in (body.get("steps") or {}).items()]
    for path, part in parts:
        for field, kind in _OF_STEPS.items():
            yield f"{path}.{field}", kind, (part or {}).get(field)
        for place, branch in enumerate((part or {}).get("branches") or []):
            at, when = f"{path}.branches[{place}].when", branch.get("when") or {}
            for name in ("audience", "not_audience"):
                for where, code in _each(f"{at}.{name}", when.get(name)):
                    yield where, _AUDIENCES, code
            for where, test in _each(f"{at}.tags", when.get("tags")):
                yield f"{where}.tag", _TAGS, test.get("tag")


_OF_STEPS = {
    "task": "tasks",
    "task_completed": "tasks",
    "coupon": "coupon-templates",
    "coupon_used": "coupon-templates",
    "benefit": "benefits",
    "template": _MESSAGES,
}


def _reach(body: Mapping[str, Any], section: str) -> _Found:
    for name in ("audience", "exclude"):
        yield f"{section}.{name}", _AUDIENCES, (body.get(section) or {}).get(name)


def _messages(body: Mapping[str, Any], section: str) -> _Found:
    for name, value in (body.get(section) or {}).items():
        nested = isinstance(value, dict)
        path = f"{section}.{name}.template" if nested else f"{section}.{name}"
        yield path, _MESSAGES, value.get("template") if nested else value


def _each(path: str, value: Any) -> Sequence[tuple[str, Any]]:
    """The one value, or those of a list, each with its path."""
    if isinstance(value, list):
        return [(f"{path}[{place}]", one) for place, one in enumerate(value)]
    return [] if value is None else [(path, value)]


def _leaves(path: str, node: Any, word: str = "") -> Iterator[tuple[str, str, Any]]:
    """Every plain value of a tree, with its path and the last word of that."""
    if isinstance(node, Mapping):
        for name, value in node.items():
            yield from _leaves(f"{path}.{name}", value, name)
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from _leaves(f"{path}[{place}]", value, word)
    elif node is not None:
        yield path, word, node


_OF_KIND = {
    "tasks": _of_task,
    "journeys": _of_journey,
    "coupon-templates": _of_template,
    "benefits": _of_benefit,
    "campaigns": _of_campaign,
    "audiences": _of_audience,
    "tags": _of_tag,
}
