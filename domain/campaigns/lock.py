"""The lock of budgets."""

from collections.abc import Collection

from domain import approvals
from kit.database import Connection


async def lock(connection: Connection, campaigns: Collection[str], sources: Collection[str] = ()) -> None:
    """Hold the budgets of these campaigns, and of those on which these sources have reserved, in order of code, until
    the transaction ends. After the customers, before any stock. A campaign without one locks nothing.

    Shares the live set first: whoever makes a campaign live holds that, and then wants its budget.
    """
    if campaigns or sources:
        await approvals.share_live_set(connection)
        await connection.execute(
            """SELECT FROM budget WHERE campaign = ANY($1::text[]) OR campaign IN (
                 SELECT campaign FROM budget_entry WHERE source = ANY($2::text[]) AND kind = 'reserve')
               ORDER BY campaign FOR NO KEY UPDATE""",
            list(campaigns),
            list(sources),
        )
