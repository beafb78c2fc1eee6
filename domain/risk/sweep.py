"""What need not be remembered any longer is forgotten."""

from datetime import timedelta

from domain.risk.definition import LONGEST_SECONDS
from kit import clock, database

SUBJECTS_KEPT = timedelta(days=180)
"""So long a decision says by which device and address; that it was made stays."""
AT_MOST = 5_000
_ATTEMPTS_KEPT = timedelta(seconds=LONGEST_SECONDS)
_HOLDS_KEPT = timedelta(days=30)

_WAYS = (
    (_ATTEMPTS_KEPT, "DELETE FROM risk_attempt WHERE id IN (SELECT id FROM risk_attempt WHERE at < $1 LIMIT $2)"),
    # Who holds one counts by it just now.
    (
        _ATTEMPTS_KEPT,
        """DELETE FROM risk_subject WHERE subject IN
             (SELECT subject FROM risk_subject WHERE seen_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)""",
    ),
    (
        SUBJECTS_KEPT,
        """UPDATE risk_decision SET subjects = '{}' WHERE id IN
             (SELECT id FROM risk_decision WHERE at < $1 AND subjects <> '{}' LIMIT $2)""",
    ),
    (
        _HOLDS_KEPT,
        """DELETE FROM risk_hold WHERE id IN
             (SELECT id FROM risk_hold WHERE kind <> 'review' AND until < $1 LIMIT $2)""",
    ),
    (timedelta(), "DELETE FROM risk_list_entry WHERE id IN (SELECT id FROM risk_list_entry WHERE until < $1 LIMIT $2)"),
)


async def sweep() -> int:
    """Forget attempts no rule may look back to, entries of lists that are over, and old digests; returns how many. Run
    by the worker.
    """
    now, gone = clock.now(), 0
    for kept, statement in _WAYS:
        gone += int((await database.execute(statement, now - kept, AT_MOST)).split()[-1])
    return gone
