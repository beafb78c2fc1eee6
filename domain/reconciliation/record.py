"""Check every invariant and keep the verdicts, for `/metrics` and for whoever asks later."""

from datetime import timedelta

import msgspec

from domain.operators import OperatorIdentity, acted
from domain.reconciliation.check import Report, check
from kit import clock, database, logging

log = logging.get("reconciliation")
_CHECKING = 0x696E_7661  # one worker at a time


async def check_and_record(operator: OperatorIdentity | None = None) -> Report:
    """Check on one read-only snapshot, keep the verdicts in place of the last ones, log what is broken. Where an
    operator asked, that enters the audit trail.
    """
    async with database.snapshot() as connection:
        report = await check(connection)
    await _record(report, operator)
    return report


async def check_when_due(every: timedelta) -> int:
    """As `check_and_record`, unless the last check is younger than `every` or another worker is at it; how many
    checks there were.
    """
    async with database.snapshot() as connection:
        if not await connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", _CHECKING):
            return 0
        last = await connection.fetchval("SELECT max(checked_at) FROM invariant_check")
        # The other side of zero: business time was moved back.
        if last is not None and timedelta(0) <= clock.now() - last < every:
            return 0
        report = await check(connection)
    await _record(report)
    return 1


async def _record(report: Report, operator: OperatorIdentity | None = None) -> None:
    verdicts = report.verdicts
    async with database.transaction() as connection:
        # In one statement, so that two who record at once leave the whole of one or of the other.
        await connection.execute(
            """WITH gone AS (DELETE FROM invariant_check WHERE invariant <> ALL($1::text[]))
               INSERT INTO invariant_check (invariant, violations, rows, seconds, checked_at)
               SELECT invariant, violations, rows, seconds, $5
               FROM unnest($1::text[], $2::int[], $3::jsonb[], $4::float8[]) AS t (invariant, violations, rows, seconds)
               ORDER BY invariant
               ON CONFLICT (invariant) DO UPDATE SET (violations, rows, seconds, checked_at)
                 = (excluded.violations, excluded.rows, excluded.seconds, excluded.checked_at)""",
            [verdict.invariant for verdict in verdicts],
            [verdict.violations for verdict in verdicts],
            [msgspec.json.encode(verdict.rows).decode() for verdict in verdicts],
            [verdict.seconds for verdict in verdicts],
            report.checked_at,
        )
        if operator is not None:
            broken = [verdict.invariant for verdict in report.broken]
            await acted(connection, operator, "reconciliation.check", "reconciliation", {"broken": broken})
    for verdict in report.broken:
        log.error("invariant.broken", invariant=verdict.invariant, violations=verdict.violations, rows=verdict.rows[:3])
