"""Whether a template can be used for messages that can say certain things."""

from collections.abc import Mapping

from domain.messages.catalogue import template_exists, variables_of
from domain.messages.definition import VariableType
from kit.errors import Fault


async def faults_of_use(path: str, code: str, known: Mapping[str, VariableType]) -> list[Fault]:
    """What is wrong with naming template `code` at `path` where a message can say `known`: it is not live, or it asks
    for something else.
    """
    if not await template_exists(code):
        return [Fault(path, "message.unknown_template", f"there is no live message template {code!r}")]
    says = ", ".join(f"{name} ({kind})" for name, kind in known.items())
    return [
        Fault(path, "message.variable", f"{code} asks for {name!r}; this message can say {says}")
        for name, kind in (await variables_of(code)).items()
        if known.get(name) is not kind
    ]
