"""An act enters the chain."""

from domain.audit.entry import NO_HASH, AuditEntry, Entry, chained
from kit import clock, database
from kit.database import Connection

HEAD_LOCK = 0x6175_6469
_COLUMNS = AuditEntry.__struct_fields__
_INSERT = f"""INSERT INTO audit_entry ({", ".join(_COLUMNS)})
              VALUES ({", ".join(f"${place}" for place, _ in enumerate(_COLUMNS, 1))})"""


async def record(connection: Connection, entry: Entry) -> None:
    """Keep `entry` with the caller's transaction (of `database.transaction`), or not at all if it rolls back.

    It is written as the last thing before COMMIT: the head of the chain is an advisory lock that every act takes, held
    only then, after all other locks.
    """

    async def write() -> None:
        await _append(connection, entry)

    database.before_commit(write)


async def _append(connection: Connection, entry: Entry) -> None:
    await connection.execute("SELECT pg_advisory_xact_lock($1)", HEAD_LOCK)
    head = await connection.fetchrow("SELECT number, hash FROM audit_entry ORDER BY number DESC LIMIT 1")
    number, previous_hash = (head["number"] + 1, head["hash"]) if head else (1, NO_HASH)
    kept = chained(number, clock.now(), entry, previous_hash)
    await connection.execute(_INSERT, *(getattr(kept, column) for column in _COLUMNS))
