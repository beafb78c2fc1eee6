"""The second pair of eyes: a submitted version goes live."""

from collections.abc import Sequence

from domain.approvals import content, rows, rules
from domain.approvals.kinds import Kind, Version
from domain.approvals.live_set import announce, hold_live_set, log
from domain.approvals.states import Move, may
from domain.operators.identity import OperatorIdentity
from kit import clock, database
from kit.database import Connection


async def approve(kind: Kind, code: str, operator: OperatorIdentity, content_hash: str | None = None) -> Version:
    """Make the submitted version live and the one before it superseded; `content_hash` is what the checker has read.

    Locks the configuration, then the live set. Raises `Forbidden` (`operator.missing_role`,
    `approval.maker_is_checker`), `NotFound`, `Conflict` (`configuration.wrong_state`, also for the second of two
    checkers; `approval.content_changed`).
    """
    rules.check_may(operator, Move.APPROVE)
    async with database.transaction() as connection:
        versions = await rows.hold(connection, kind.name, code, operator)
        submitted = rows.to_move(versions, Move.APPROVE)
        rules.check_checker(operator, submitted.maker_id)
        rules.check_content(content_hash, submitted.content_hash, content.content_hash(submitted.body))
        await hold_live_set(connection)
        await _supersede(connection, operator, versions)
        approved = await rows.move(
            connection, operator, submitted, Move.APPROVE, checker_id=operator.operator_id, live_at=clock.now()
        )
        await kind.went_live(connection, approved)
        await announce(connection, approved)
    log.info("configuration.approved", kind=kind.name, code=code, version=approved.version)
    return approved


async def _supersede(connection: Connection, operator: OperatorIdentity, versions: Sequence[Version]) -> None:
    for version in versions:
        if may(version.state, Move.SUPERSEDE):
            await rows.move(connection, operator, version, Move.SUPERSEDE, ended_at=clock.now())
