"""Experience is spent: it leaves the balance, but costs no level."""

from collections.abc import Collection, Sequence

import msgspec

from domain.experience import accounts
from kit import clock
from kit.database import Connection


class Spending(msgspec.Struct, frozen=True):
    """`amount` (above zero) points of a customer's. `source` names what for and makes it happen once."""

    customer_id: int
    amount: int
    source: str
    title: str


async def balances(connection: Connection, customer_ids: Collection[int]) -> dict[int, int]:
    """What each of these customers can spend, held until the end of the transaction. Locks the accounts in order of
    customer.
    """
    held = await accounts.lock(connection, customer_ids, clock.now())
    return {customer_id: account.balance for customer_id, account in held.items()}


async def spend(connection: Connection, spendings: Sequence[Spending]) -> None:
    """Append an entry below zero for each, and keep balance and what was spent. Idempotent on `source`.

    The caller holds the customers' locks and has seen by `balances` that there is enough.
    """
    await move_spent(connection, [msgspec.structs.replace(one, amount=-one.amount) for one in spendings])


async def move_spent(connection: Connection, entries: Sequence[Spending]) -> None:
    """Move points between balance and spent: below zero they are spent, above they come back."""
    if not entries:
        return
    await accounts.lock(connection, {entry.customer_id for entry in entries}, clock.now())
    await connection.execute(
        """WITH added AS (
             INSERT INTO experience_entry (customer_id, amount, source, title, created_at)
             SELECT t.*, $5 FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[]) AS t
             ON CONFLICT (source) DO NOTHING RETURNING customer_id, amount),
           moved AS (SELECT customer_id, sum(amount)::bigint AS amount FROM added GROUP BY customer_id)
           UPDATE experience_account a SET balance = a.balance + m.amount, spent = a.spent - m.amount,
                                           change_no = nextval('change_no')
           FROM moved m WHERE m.customer_id = a.customer_id""",
        [entry.customer_id for entry in entries],
        [entry.amount for entry in entries],
        [entry.source for entry in entries],
        [entry.title for entry in entries],
        clock.now(),
    )
