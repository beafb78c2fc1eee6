"""Customers come in: each as often as the journey says, never twice at a time."""

from collections.abc import Collection
from datetime import datetime, timedelta

from domain import operators
from domain.journeys import rules
from domain.journeys.catalogue import JourneyVersion
from domain.journeys.definition import AfterDays
from kit import clock
from kit.database import Connection

_LAST = """SELECT DISTINCT ON (customer_id) customer_id, turn, state, ended_at FROM journey_run
           WHERE journey = $1 AND customer_id = ANY($2::bigint[]) ORDER BY customer_id, turn DESC"""
_MAY_COME = """c.customer_no IS NOT NULL AND c.erased_at IS NULL AND ($3::text[] IS NULL OR c.branch = ANY($3))
  AND (l.turn IS NULL OR (l.state = 'ended' AND l.ended_at <= $4::timestamptz))"""


async def enter(connection: Connection, version: JourneyVersion, customer_ids: Collection[int], cause: str) -> int:
    """Begin a run for each who may come in, for `cause` (`event:purchase`); returns how many did.

    The caller holds the customers' locks, shares the live set and has made the catalogue follow it: `version` is live.
    A branch's journey is for its customers only; nobody comes in while they are in.
    """
    wanted = [customer_id for customer_id in customer_ids if version.open_to(customer_id)]
    if not wanted:
        return 0
    now = clock.now()
    first = version.definition.first
    step, goal = version.step(first), version.definition.goal
    entered = await connection.fetch(
        f"""WITH l AS ({_LAST})
            INSERT INTO journey_run (journey, version_id, customer_id, turn, cause, state, step, moves, since, due_at,
                                     waiting_for, entered_at, goal_for, goal_until)
            SELECT $1, $5, c.id, coalesce(l.turn, 0) + 1, $6, 'active', $7, 0, $8, $9, $10, $8, $11, $12
            FROM customer c LEFT JOIN l ON l.customer_id = c.id
            WHERE c.id = ANY($2::bigint[]) AND {_MAY_COME} ORDER BY c.id
            ON CONFLICT DO NOTHING RETURNING id""",
        version.code,
        sorted(set(wanted)),
        await operators.customers_of(connection, version.branch),
        ended_before(version, now),
        version.id,
        cause,
        first,
        now,
        rules.due_at(step, now),
        rules.waiting_for(step),
        rules.key_of(goal),
        now + timedelta(days=goal.within_days) if goal else None,
    )
    return len(entered)


async def may_enter(connection: Connection, version: JourneyVersion, customer_id: int) -> bool:
    """Whether this customer would come in now."""
    if not version.open_to(customer_id):
        return False
    found = await connection.fetchval(
        f"""WITH l AS ({_LAST}) SELECT true FROM customer c LEFT JOIN l ON l.customer_id = c.id
            WHERE c.id = ANY($2::bigint[]) AND {_MAY_COME}""",
        version.code,
        [customer_id],
        await operators.customers_of(connection, version.branch),
        ended_before(version, clock.now()),
    )
    return bool(found)


def ended_before(version: JourneyVersion, now: datetime) -> datetime | None:
    """When the last run must have ended, at the latest, for its customer to come in again; None: never."""
    reentry = version.definition.reentry
    if isinstance(reentry, AfterDays):
        return now - timedelta(days=reentry.after_days)
    return now if reentry == "after_end" else None
