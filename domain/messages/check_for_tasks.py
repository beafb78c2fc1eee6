"""Whether a template can be used for messages about a task."""

from domain.messages import rules
from domain.messages.catalogue import template_exists, variables_of
from kit.errors import Fault


async def faults_for_tasks(path: str, code: str) -> list[Fault]:
    """What is wrong with a task that names template `code` at `path`: not live, or it asks for what no task can say."""
    if not await template_exists(code):
        return [Fault(path, "task.unknown_reference", f"there is no live message template {code!r}")]
    missing = rules.missing_for_tasks(await variables_of(code))
    known = ", ".join(f"{name} ({kind})" for name, kind in rules.STANDARD.items())
    return [
        Fault(path, "task.message_variable", f"{code} asks for {name!r}; a message about a task can say {known}")
        for name in missing
    ]
