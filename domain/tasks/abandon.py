"""Customers who leave give up what they had begun."""

from collections.abc import Collection

from domain.tasks.states import ClaimState
from kit import clock
from kit.database import Connection


async def abandon(connection: Connection, customer_ids: Collection[int]) -> None:
    """Cancel running claims and withdraw open offers; what was completed keeps its rewards. Idempotent.

    The caller holds the customers' locks.
    """
    await connection.execute(
        """UPDATE claim SET state = $2, remind_at = NULL, change_no = nextval('change_no')
           WHERE customer_id = ANY($1::bigint[]) AND state = $3""",
        list(customer_ids),
        str(ClaimState.CANCELLED),
        str(ClaimState.CLAIMED),
    )
    await connection.execute(
        """UPDATE task_offer SET state = 'withdrawn', closed_at = $2, change_no = nextval('change_no')
           WHERE customer_id = ANY($1::bigint[]) AND state = 'open'""",
        list(customer_ids),
        clock.now(),
    )
