"""Versions that go live by themselves at their time."""

from collections.abc import Sequence

from domain.approvals import content, rows
from domain.approvals.kinds import Kind, Version
from domain.approvals.live_set import go_live, log
from domain.approvals.states import Move, State
from kit import clock, database
from kit.errors import Conflict, DomainError, NotFound, RuleViolated


async def go_live_due(kinds: Sequence[Kind]) -> int:
    """Put the version live whose time came first; returns how many (0 or 1). Any number of workers may: each version
    goes live once, late if nobody worked at its time.

    What has become impossible meanwhile is a draft again, with the reason.
    """
    due = await database.fetchrow(
        """SELECT kind, code FROM configuration
           WHERE state = 'scheduled' AND scheduled_at <= $1 AND kind = ANY($2::text[])
           ORDER BY scheduled_at, id LIMIT 1""",
        clock.now(),
        [kind.name for kind in kinds],
    )
    if due is None:
        return 0
    kind = next(kind for kind in kinds if kind.name == due["kind"])
    try:
        await _put_live(kind, due["code"])
    except (RuleViolated, Conflict, NotFound) as refusal:
        await _fall_back(kind, due["code"], refusal)
    return 1


async def _put_live(kind: Kind, code: str) -> None:
    async with database.transaction() as connection:
        versions = await rows.hold(connection, kind.name, code, None)
        version = _due(versions)
        if version is not None:
            await kind.check(code, content.definition_of(kind.definition, version.body))
            await go_live(connection, kind, versions, version, Move.GO_LIVE, None)


async def _fall_back(kind: Kind, code: str, refusal: DomainError) -> None:
    reason = "；".join([f"到点未能上线：{refusal.message}", *(f"{one.path}: {one.detail}" for one in refusal.faults)])
    async with database.transaction() as connection:
        version = _due(await rows.hold(connection, kind.name, code, None))
        if version is not None:
            await rows.back_to_draft(connection, version, Move.FALL_BACK, None, reason)
    log.warning("configuration.not_live", kind=kind.name, code=code, reason=reason)


def _due(versions: Sequence[Version]) -> Version | None:
    """The version whose time has come, unless somebody else was faster."""
    now = clock.now()
    return next((v for v in versions if v.state == State.SCHEDULED and v.scheduled_at and v.scheduled_at <= now), None)
