"""Credentials that cannot be accepted any more need not be kept."""

from datetime import timedelta

from kit import clock, database

KEPT = timedelta(days=30)
"""Long enough to answer a customer who asks who signed in; a ticket cannot be accepted after a minute anyway."""

STATES_KEPT = timedelta(hours=1)


async def purge_credentials() -> int:
    """Remove spent tickets, binding codes and sessions a month after they ended, ways to WeChat an hour after; returns
    how many.
    """
    before, states = clock.now() - KEPT, "DELETE FROM web_sign_in WHERE expires_at < $1"
    removed = 0
    async with database.transaction() as connection:
        removed += int((await connection.execute(states, clock.now() - STATES_KEPT)).split()[-1])
        for statement in (
            "DELETE FROM spent_ticket WHERE spent_at < $1",
            "DELETE FROM binding_code WHERE expires_at < $1",
            "DELETE FROM customer_session WHERE expires_at < $1",
        ):
            removed += int((await connection.execute(statement, before)).split()[-1])
    return removed
