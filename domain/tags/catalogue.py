"""The live tags, decoded once per process."""

from dataclasses import dataclass

import msgspec

from domain import approvals
from domain.approvals import LiveCatalogue, State, Version
from domain.tags.definition import TagDefinition

KIND = "tags"


@dataclass(frozen=True)
class Tag:
    """A version that is live or paused; `branch` is whose customers it is of."""

    version_id: int
    code: str
    branch: str
    paused: bool
    definition: TagDefinition


class TagCatalogue(LiveCatalogue):
    """The tags by code: `live` are computed and may be asked for, `standing` are those and the paused ones."""

    def __init__(self) -> None:
        super().__init__()
        self.live: dict[str, Tag] = {}
        self.standing: dict[str, Tag] = {}

    async def load(self, revision: int) -> None:
        """Decode what is live or paused."""
        found = await approvals.in_states(KIND, (State.LIVE, State.PAUSED))
        self.standing = {version.code: tag_of(version) for version in found}
        self.live = {code: tag for code, tag in self.standing.items() if not tag.paused}


def tag_of(version: Version) -> Tag:
    """A stored version, decoded."""
    definition = msgspec.convert(version.body, TagDefinition)
    return Tag(version.id, version.code, version.branch, version.state == State.PAUSED, definition)


catalogue = TagCatalogue()
