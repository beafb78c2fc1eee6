"""The live message templates and the policy, decoded once per process."""

from dataclasses import dataclass

import msgspec

from domain import approvals
from domain.approvals import LiveCatalogue
from domain.messages.definition import MessageTemplate, VariableType
from domain.messages.policy import MessagePolicy, policy

KIND = "message-templates"


@dataclass(frozen=True)
class LiveTemplate:
    """A live version."""

    version_id: int
    code: str
    definition: MessageTemplate


class MessageCatalogue(LiveCatalogue):
    """The live templates by code, and the policy in force."""

    def __init__(self) -> None:
        super().__init__()
        self.live: dict[str, LiveTemplate] = {}
        self.policy = MessagePolicy()

    async def load(self, revision: int) -> None:
        """Decode the live templates and the policy."""
        self.policy = await policy()
        self.live = {
            version.code: LiveTemplate(version.id, version.code, msgspec.convert(version.body, MessageTemplate))
            for version in await approvals.live(KIND)
        }


catalogue = MessageCatalogue()


async def template_exists(code: str) -> bool:
    """Whether messages can be written from this template: it is live and not paused."""
    await catalogue.refresh()
    return code in catalogue.live


async def variables_of(code: str) -> dict[str, VariableType]:
    """The variables of a live template; none of any other."""
    await catalogue.refresh()
    template = catalogue.live.get(code)
    return {variable.name: variable.type for variable in template.definition.variables} if template else {}
