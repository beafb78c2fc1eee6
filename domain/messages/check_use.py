"""Whether a template can be used for messages about a task, or about a level."""

from typing import Literal

from domain.messages import rules
from domain.messages.catalogue import template_exists, variables_of
from kit.errors import Fault

Subject = Literal["task", "level"]
_KNOWN = {"task": rules.OF_TASKS, "level": rules.OF_LEVELS}
_DOCUMENT = {"task": "task", "level": "level_table"}


async def faults_of_use(subject: Subject, path: str, code: str) -> list[Fault]:
    """What is wrong with naming template `code` at `path`: it is not live, or asks for what nobody can say."""
    document, known = _DOCUMENT[subject], _KNOWN[subject]
    if not await template_exists(code):
        return [Fault(path, f"{document}.unknown_reference", f"there is no live message template {code!r}")]
    values = ", ".join(f"{name} ({kind})" for name, kind in known.items())
    return [
        Fault(
            path,
            f"{document}.message_variable",
            f"{code} asks for {name!r}; a message about a {subject} can say {values}",
        )
        for name in rules.missing(await variables_of(code), known)
    ]
