"""What is live, as one set: changed under an exclusive lock, counted, and told to every process."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain import outbox
from domain.approvals import rows, rules, states
from domain.approvals.kinds import Kind, Version
from domain.approvals.states import Move, State
from domain.facts import ConfigurationLive
from domain.operators.identity import OperatorIdentity
from kit import clock, database, logging, notices
from kit.database import Connection

log = logging.get("approvals")
LIVE_SET_LOCK = 0x6C69_7665
NOTICE = "configuration"


async def share_live_set(connection: Connection) -> int:
    """Keep the live set as it is until the transaction ends; returns its revision. Any number may share it."""
    # Lock and revision in one round trip; inside the function the snapshot of the second is younger than the first.
    return int(await connection.fetchval("SELECT share_live_set($1)", LIVE_SET_LOCK))


async def current_revision() -> int:
    """How often the live set has changed."""
    return int(await database.fetchval("SELECT number FROM revision WHERE id = 1"))


async def hold_live_set(connection: Connection) -> None:
    """Wait until nobody shares the live set, and keep everybody from it until the transaction ends."""
    await connection.execute("SELECT pg_advisory_xact_lock($1)", LIVE_SET_LOCK)


async def announce(connection: Connection, version: Version) -> None:
    """Count the change and tell every process to reload when it commits; record that `version` is live if it now is."""
    if version.state == State.LIVE:
        await outbox.record(connection, [ConfigurationLive(version.kind, version.code, version.id)])
    await _tell(connection, version.kind)


async def tell_changed(connection: Connection, what: str) -> None:
    """What else processes hold with the live set has changed. Locks the live set, as the last of all but the audit."""
    await hold_live_set(connection)
    await _tell(connection, what)


async def go_live(
    connection: Connection,
    kind: Kind,
    versions: Sequence[Version],
    version: Version,
    by: Move,
    operator: OperatorIdentity | None,
    columns: Mapping[str, Any] = {},
) -> Version:
    """Let `version`, one of the held `versions` of its code, take the place of what is live. Locks the live set."""
    await hold_live_set(connection)
    for other in versions:
        if states.may(other.state, Move.SUPERSEDE):
            await rows.move(connection, other, Move.SUPERSEDE, operator, {"ended_at": clock.now()})
    live = await rows.move(connection, version, by, operator, {"live_at": clock.now(), **columns})
    await kind.went_live(connection, live)
    await announce(connection, live)
    log.info("configuration.live", kind=kind.name, code=live.code, version=live.version)
    return live


async def change(kind: Kind, code: str, operator: OperatorIdentity, by: Move) -> Version:
    """Pause, resume or end what is live. Locks the configuration, then the live set.

    Raises `Forbidden` (`operator.missing_role`), `NotFound`, `Conflict` (`configuration.wrong_state`).
    """
    rules.check_may(operator, by)
    async with database.transaction() as connection:
        version = rows.to_move(await rows.hold(connection, kind.name, code, operator), by)
        await hold_live_set(connection)
        ended = {"ended_at": clock.now()} if by is Move.END else {}
        moved = await rows.move(connection, version, by, operator, ended)
        await announce(connection, moved)
    log.info("configuration.moved", kind=kind.name, code=code, version=moved.version, state=moved.state)
    return moved


async def _tell(connection: Connection, what: str) -> None:
    await connection.execute("UPDATE revision SET number = number + 1 WHERE id = 1")
    await notices.notify(connection, NOTICE, what)
