"""When the cooling-off is over the account is erased: the person is gone, the books stay, under a number of ours."""

from datetime import timedelta

from domain import audiences, benefits, coupons, customers, journeys, risk, tags, tasks
from domain.personal_data.deletions import running_loans
from kit import clock, database
from kit.database import Connection

AGAIN = timedelta(days=1)
REASON = "account_erased"
_EVERYTHING_SAID = (
    "UPDATE message SET title = '', body = '', link = NULL WHERE customer_id = $1",
    # Before deliveries forget the phones.
    """DELETE FROM sms_reply WHERE phone IN
         (SELECT address FROM delivery WHERE customer_id = $1 AND channel = 'sms' AND address IS NOT NULL)""",
    """DELETE FROM subscription WHERE openid IN
         (SELECT subject FROM identity WHERE customer_id = $1 AND channel = 'wechat_mini')""",
    """UPDATE delivery_receipt r SET openid = NULL FROM delivery d
       WHERE d.customer_id = $1 AND d.channel = r.channel AND d.provider_id = r.provider_id""",
    "UPDATE delivery SET content = '{}', address = NULL WHERE customer_id = $1",
    """UPDATE event SET merchant_name = NULL, merchant_id = NULL, card_token = NULL, card_last4 = NULL,
                        auth_code = NULL, attributes = NULL
       WHERE customer_id = $1""",
    "DELETE FROM offer_reminder WHERE customer_id = $1 AND told_at IS NULL",
    "UPDATE data_export SET state = 'expired', sealed = NULL WHERE customer_id = $1 AND state <> 'expired'",
    # Without a period there is no end of one, at which something would be told or given.
    """UPDATE experience_account SET period_from = NULL, level_until = NULL, period_day = NULL, cap = NULL
       WHERE customer_id = $1""",
)


async def erase_due() -> int:
    """Erase the next account whose cooling-off is over; returns 1, or 0 where there is none. Run by the worker.

    A loan that has come about meanwhile puts it off, a day at a time. See docs/privacy.md for what stays and why.
    """
    due = await database.fetchrow(
        "SELECT id, customer_id FROM account_deletion WHERE state = 'cooling' AND due_at <= $1 ORDER BY due_at LIMIT 1",
        clock.now(),
    )
    if due is None:
        return 0
    async with database.transaction() as connection:
        await customers.lock(connection, [due["customer_id"]])
        if await running_loans(connection, due["customer_id"]):
            await _put_off(connection, due["id"])
        else:
            await _erase(connection, due["id"], due["customer_id"])
    return 1


async def _put_off(connection: Connection, deletion_id: int) -> None:
    await connection.execute(
        "UPDATE account_deletion SET due_at = $2 WHERE id = $1 AND state = 'cooling'", deletion_id, clock.now() + AGAIN
    )


async def _erase(connection: Connection, deletion_id: int, customer_id: int) -> None:
    """Nothing where it was cancelled, or another worker was faster."""
    closed = await connection.fetchval(
        """UPDATE account_deletion SET state = 'done', closed_at = $2
           WHERE id = $1 AND state = 'cooling' AND due_at <= $2 RETURNING id""",
        deletion_id,
        clock.now(),
    )
    if closed is None:
        return
    await journeys.leave(connection, [customer_id])
    await tasks.abandon(connection, [customer_id])
    unused = await connection.fetch(
        "SELECT id FROM coupon WHERE customer_id = $1 AND state = 'unused' ORDER BY id", customer_id
    )
    await coupons.void(connection, [row["id"] for row in unused], REASON)
    granted = await connection.fetch(
        "SELECT id FROM benefit_grant WHERE customer_id = $1 AND state IN ('issuing', 'granted') ORDER BY id",
        customer_id,
    )
    await benefits.void(connection, [row["id"] for row in granted], REASON)
    for statement in _EVERYTHING_SAID:
        await connection.execute(statement, customer_id)
    await tags.erase(connection, customer_id)
    await audiences.erase(connection, customer_id)
    await risk.forget(connection, customer_id)
    await customers.erase(connection, customer_id)
