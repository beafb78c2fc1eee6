"""What a template may say, and what it says with values in the place of its variables. Pure."""

import re
from collections.abc import Collection, Mapping, Sequence
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
OF_JOURNEYS: Mapping[str, VariableType] = {"customer": VariableType.TEXT}
"""What every message of a journey can say."""
PLACE = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")
"""A variable in a text."""
_PYTHON: Mapping[VariableType, tuple[type, ...]] = {
    VariableType.TEXT: (str,),
    VariableType.DATE: (date, datetime),
    VariableType.AMOUNT: (int,),
    VariableType.NUMBER: (int,),
}


def faults_of(template: MessageTemplate, used_elsewhere: Collection[str] = ()) -> list[Fault]:
    """Everything wrong with a template, its channels apart, each with its path."""
    declared = [variable.name for variable in template.variables]
    faults = [
        Fault(f"variables[{place}].name", "message_template.repeated", f"{name} is declared twice")
        for place, name in enumerate(declared)
        if name in declared[:place]
    ]
    for field in ("title", "body"):
        faults += faults_of_text(field, getattr(template, field), template)
    used = {*names_in(template.title), *names_in(template.body), *used_elsewhere}
    faults += [
        Fault(f"variables[{place}]", "message_template.unused", f"{name} is used nowhere")
        for place, name in enumerate(declared)
        if name not in used
    ]
    return faults


def faults_of_text(path: str, text: str, template: MessageTemplate) -> list[Fault]:
    """What is wrong with the variables in one text."""
    declared = {variable.name for variable in template.variables}
    faults = [
        Fault(path, "message_template.undeclared", f"{{{{{name}}}}} is not among the variables")
        for name in dict.fromkeys(names_in(text))
        if name not in declared
    ]
    if "{{" in PLACE.sub("", text) or "}}" in PLACE.sub("", text):
        faults.append(Fault(path, "message_template.unclear", "a variable is written {{name}}"))
    return faults


def names_in(text: str) -> list[str]:
    """The variables a text uses."""
    return PLACE.findall(text)


def missing(variables: Mapping[str, VariableType], known: Mapping[str, VariableType]) -> list[str]:
    """The variables for which `known` has no value, or one of another type."""
    return sorted(name for name, kind in variables.items() if known.get(name) is not kind)


def written(template: MessageTemplate, values: Mapping[str, Value]) -> tuple[str, str]:
    """Title and body; a variable without a value of its type is left out."""
    title, body = (filled(text, template.variables, values) for text in (template.title, template.body))
    return title, body


def filled(text: str, variables: Sequence[Variable], values: Mapping[str, Value]) -> str:
    """`text` with values in the place of its variables; one without a value of its type is left out."""
    texts = {variable.name: _text(variable, values.get(variable.name)) for variable in variables}
    return PLACE.sub(lambda found: texts[found[1]], text)


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
