"""A wrong password or code counts towards the lock."""

from datetime import datetime

from domain import audit
from domain.operators import rules
from kit import clock, logging
from kit.database import Connection, Record

log = logging.get("operators")


async def count_failure(connection: Connection, row: Record, now: datetime) -> None:
    """Count one more; `row` is the operator's, which the caller holds. A lock enters the audit trail."""
    failures, locked_until = rules.after_failure(row["failed_attempts"], row["locked_until"], now)
    log.warning("operator.wrong_password", operator_id=row["id"], failures=failures, locked=locked_until is not None)
    await connection.execute(
        "UPDATE operator SET failed_attempts = $2, locked_until = $3 WHERE id = $1",
        row["id"],
        failures,
        locked_until,
    )
    if locked_until is not None:
        username, detail = row["username"], {"until": clock.local_text(locked_until)}
        entry = audit.Entry(row["id"], username, row["branch"], "operator.lock", f"operators/{username}", detail)
        await audit.record(connection, entry)
