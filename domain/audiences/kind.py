"""Audiences as a kind of configuration."""

import msgspec

from domain.approvals import Kind, Version
from domain.audiences.catalogue import KIND
from domain.audiences.definition import AudienceDefinition
from kit import clock
from kit.database import Connection


async def check(code: str, definition: AudienceDefinition) -> None:
    """Raises `RuleViolated` (`audience.impossible`) with the path of each fault."""


async def went_live(connection: Connection, version: Version) -> None:
    """Its members are worked out at once; until then they stay as the version before had them."""
    await connection.execute(
        """INSERT INTO audience (code, version_id, edition, members, due_at) VALUES ($1, $2, 0, 0, $3)
           ON CONFLICT (code) DO UPDATE SET version_id = excluded.version_id, due_at = excluded.due_at, failure = NULL""",
        version.code,
        version.id,
        clock.now(),
    )


AUDIENCES = Kind(KIND, AudienceDefinition, check, went_live)
