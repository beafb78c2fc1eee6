"""The live message templates, decoded once per process."""

import asyncio
from dataclasses import dataclass

import msgspec

from domain import approvals
from domain.messages.definition import MessageTemplate, VariableType

KIND = "message-templates"


@dataclass(frozen=True)
class LiveTemplate:
    """A live version."""

    version_id: int
    code: str
    definition: MessageTemplate


class MessageCatalogue:
    """Replaced as a whole when the live set has changed: compare `revision` under the shared lock of the live set."""

    def __init__(self) -> None:
        self.revision = -1
        self.live: dict[str, LiveTemplate] = {}
        self._loading = asyncio.Lock()

    async def follow(self, revision: int) -> None:
        """Make the catalogue the one of `revision` (as read in the caller's transaction), or newer."""
        if self.revision >= revision:
            return
        async with self._loading:
            if self.revision >= revision:
                return
            self.live = {
                version.code: LiveTemplate(version.id, version.code, msgspec.convert(version.body, MessageTemplate))
                for version in await approvals.live(KIND)
            }
            self.revision = revision

    async def refresh(self) -> None:
        """Look whether the live set has changed."""
        await self.follow(await approvals.current_revision())


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
