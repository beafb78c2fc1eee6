"""What a template may say, and what it says with values in the place of its variables. Pure."""

import re
from collections.abc import Mapping
from datetime import date, datetime

from domain.messages.definition import MessageTemplate, Variable, VariableType
from kit import clock
from kit.errors import Fault
from kit.money import yuan

Value = str | int | date
OF_TASKS: Mapping[str, VariableType] = {
    "customer": VariableType.TEXT,
    "task": VariableType.TEXT,
    "reward": VariableType.TEXT,
    "expires_on": VariableType.DATE,
}
"""What every message about a task can say."""
OF_LEVELS: Mapping[str, VariableType] = {
    "customer": VariableType.TEXT,
    "level": VariableType.TEXT,
    "expires_on": VariableType.DATE,
}
"""What every message about a level can say; `expires_on` is the end of the period."""
_PLACE = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")
_PYTHON: Mapping[VariableType, tuple[type, ...]] = {
    VariableType.TEXT: (str,),
    VariableType.DATE: (date, datetime),
    VariableType.AMOUNT: (int,),
    VariableType.NUMBER: (int,),
}


def faults_of(template: MessageTemplate) -> list[Fault]:
    """Everything wrong with a template, each with its path."""
    declared = [variable.name for variable in template.variables]
    faults = [
        Fault(f"variables[{place}].name", "message_template.repeated", f"{name} is declared twice")
        for place, name in enumerate(declared)
        if name in declared[:place]
    ]
    used: set[str] = set()
    for field in ("title", "body"):
        text = getattr(template, field)
        names = _PLACE.findall(text)
        used.update(names)
        faults += [
            Fault(field, "message_template.undeclared", f"{{{{{name}}}}} is not among the variables")
            for name in dict.fromkeys(names)
            if name not in declared
        ]
        if "{{" in _PLACE.sub("", text) or "}}" in _PLACE.sub("", text):
            faults.append(Fault(field, "message_template.unclear", "a variable is written {{name}}"))
    faults += [
        Fault(f"variables[{place}]", "message_template.unused", f"{name} is used neither in title nor in body")
        for place, name in enumerate(declared)
        if name not in used
    ]
    return faults


def missing(variables: Mapping[str, VariableType], known: Mapping[str, VariableType]) -> list[str]:
    """The variables for which `known` has no value, or one of another type."""
    return sorted(name for name, kind in variables.items() if known.get(name) is not kind)


def written(template: MessageTemplate, values: Mapping[str, Value]) -> tuple[str, str]:
    """Title and body; a variable without a value of its type is left out."""
    texts = {variable.name: _text(variable, values.get(variable.name)) for variable in template.variables}
    title, body = (_PLACE.sub(lambda found: texts[found[1]], text) for text in (template.title, template.body))
    return title, body


def _text(variable: Variable, value: Value | None) -> str:
    if not fits(variable.type, value):
        return ""
    if isinstance(value, date):
        day = clock.business_day(value) if isinstance(value, datetime) else value
        return f"{day.month}月{day.day}日"
    if isinstance(value, int):
        return yuan(value) if variable.type is VariableType.AMOUNT else str(value)
    return str(value)[: variable.max_length]


def fits(kind: VariableType, value: object) -> bool:
    """Whether `value` is one a variable of this type can have."""
    return isinstance(value, _PYTHON[kind]) and not isinstance(value, bool)
