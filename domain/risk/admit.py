"""Whether one attempt may go on that is not of a batch: in a transaction of its own, before what is attempted."""

from domain import approvals, customers
from domain.risk.catalogue import catalogue
from domain.risk.decide import decide
from domain.risk.subjects import Attempt
from kit import database


async def admit(attempt: Attempt) -> None:
    """Raises what `decide` answers. What was decided is recorded whatever becomes of the attempt afterwards.

    Where the process knows of no live rule and no list nothing is asked: what went live a moment ago counts from the
    notice of it on. Locks the customer, the live set, then as `decide` does.
    """
    if not catalogue.awake(attempt.action):
        return

    async def commit() -> dict[int, Exception]:
        async with database.transaction() as connection:
            await customers.lock(connection, [attempt.customer_id])
            await catalogue.follow(await approvals.share_live_set(connection))
            return {**await decide(connection, {0: attempt})}

    refusal = (await database.retried(commit)).get(0)
    if refusal is not None:
        raise refusal
