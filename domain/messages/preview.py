"""How a template reads with given values, before anybody gets it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from domain import approvals
from domain.messages import channel_rules, rules
from domain.messages.catalogue import KIND
from domain.messages.definition import MessageTemplate, Variable, VariableType
from domain.messages.policy import policy
from domain.operators import OperatorIdentity
from kit.errors import BadInput, Fault


class ByChannel(msgspec.Struct, frozen=True):
    """What goes by a channel, as it is sent, and after how many minutes at the earliest."""

    channel: str
    content: dict[str, Any]
    after_minutes: int


class Preview(msgspec.Struct, frozen=True):
    """What the customer would read in the inbox and by each channel."""

    version: int
    title: str
    body: str
    link: str | None
    channels: list[ByChannel]


async def preview(code: str, values: Mapping[str, Any], operator: OperatorIdentity) -> Preview:
    """The latest version, live or not. Dates are given as `2026-11-30`.

    Raises `NotFound`, `BadInput` (`message_template.values`) with the path of each value that is missing, unknown or of
    another type.
    """
    reading = await approvals.read(KIND, code, operator)
    template = msgspec.convert(reading.latest.body, MessageTemplate)
    given = {name: _value(template, name, value) for name, value in values.items()}
    faults = [*_unknown(template, values), *(_fault(one) for one in template.variables if not _has(one, given))]
    if faults:
        raise BadInput("message_template.values", "变量的值不完整，请按所列路径填写", faults)
    title, body = rules.written(template, given)
    channels = [
        ByChannel(one.channel, one.content, int(one.due_after.total_seconds()) // 60)
        for one in channel_rules.contents(template, given, template.link, await policy())
    ]
    return Preview(reading.latest.version, title, body, template.link, channels)


def _value(template: MessageTemplate, name: str, value: Any) -> Any:
    kinds = {variable.name: variable.type for variable in template.variables}
    if kinds.get(name) is VariableType.DATE and isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return value


def _has(variable: Variable, given: Mapping[str, Any]) -> bool:
    return rules.fits(variable.type, given.get(variable.name))


def _fault(variable: Variable) -> Fault:
    wanted = {
        VariableType.TEXT: "a text",
        VariableType.DATE: "a date, as in 2026-11-30",
        VariableType.AMOUNT: "a whole number of fen",
        VariableType.NUMBER: "a whole number",
    }[variable.type]
    return Fault(f"variables.{variable.name}", "message_template.value", f"expected {wanted}")


def _unknown(template: MessageTemplate, values: Mapping[str, Any]) -> list[Fault]:
    declared = {variable.name for variable in template.variables}
    return [
        Fault(f"variables.{name}", "message_template.undeclared", f"the template has: {', '.join(sorted(declared))}")
        for name in values
        if name not in declared
    ]
