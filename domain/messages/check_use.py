"""Whether a template can be used for messages that can say certain things."""

from collections.abc import Mapping

from domain.messages import rules
from domain.messages.catalogue import template_exists, variables_of
from domain.messages.definition import VariableType
from kit.errors import Fault


async def faults_of_use(document: str, path: str, code: str, known: Mapping[str, VariableType]) -> list[Fault]:
    """What is wrong with a `document` (as in the codes of its faults) that names template `code` at `path`, where a
    message can say `known`: it is not live, or asks for something else.
    """
    if not await template_exists(code):
        return [Fault(path, f"{document}.unknown_reference", f"there is no live message template {code!r}")]
    says = ", ".join(f"{name} ({kind})" for name, kind in known.items())
    return [
        Fault(path, f"{document}.message_variable", f"{code} asks for {name!r}; this message can say {says}")
        for name in rules.missing(await variables_of(code), known)
    ]
