"""The head of the chain is held fast from time to time, so that a tail cannot be cut off unnoticed."""

from datetime import timedelta

from domain.audit.key import mac
from domain.audit.record import HEAD_LOCK
from kit import clock, database, logging

log = logging.get("audit")
_EVERY = timedelta(minutes=1)


async def anchor(every: timedelta = _EVERY) -> int:
    """Sign the head, if it is a new one and the last anchor is older than `every`; returns how many anchors it made.

    The anchor goes into a table of its own and, as `audit.anchored`, into the log: whoever can empty both tables
    cannot empty the log store as well, and `cardquest verify-audit --head` takes what stands there.
    """
    now = clock.now()
    async with database.transaction() as connection:
        # The lock makes the head one that is committed and stays below whatever comes.
        await connection.execute("SELECT pg_advisory_xact_lock($1)", HEAD_LOCK)
        head = await connection.fetchrow(
            """SELECT e.number, e.hash FROM audit_entry e
               WHERE e.number = (SELECT max(number) FROM audit_entry)
                 AND NOT EXISTS (SELECT FROM audit_anchor a WHERE a.number >= e.number OR a.at > $1)""",
            now - every,
        )
        if head is None:
            return 0
        await connection.execute(
            "INSERT INTO audit_anchor (number, hash, mac, at) VALUES ($1, $2, $3, $4)",
            head["number"],
            head["hash"],
            mac(head["number"], head["hash"]),
            now,
        )
    log.info("audit.anchored", number=head["number"], hash=head["hash"])
    return 1
