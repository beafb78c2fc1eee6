"""Nobody can tell any more who a customer was; what is booked on them stays on their row."""

from domain.customers.profile import pseudonym_of
from domain.customers.sessions import REVOKED
from kit import clock, notices
from kit.database import Connection

_OPENIDS = "SELECT subject FROM identity WHERE customer_id = $1"


async def erase(connection: Connection, customer_id: int) -> None:
    """Forget name, number, phones and identities, and end every session. The number is replaced by a keyed digest, by
    which it is recognised should it be told again, and by nothing else. Idempotent.

    The caller holds the customer's lock. The branch stays: budgets are kept by branch.
    """
    number = await connection.fetchval(
        "SELECT customer_no FROM customer WHERE id = $1 AND erased_at IS NULL", customer_id
    )
    for statement in (
        f"DELETE FROM wechat_callback WHERE openid IN ({_OPENIDS})",
        f"DELETE FROM wechat_follower WHERE openid IN ({_OPENIDS})",
        "DELETE FROM identity WHERE customer_id = $1",
        "DELETE FROM binding_code WHERE customer_id = $1",
    ):
        await connection.execute(statement, customer_id)
    await connection.execute(
        """UPDATE customer SET customer_no = $2, name = '', stage = 'base', card_product = NULL, billing_day = NULL,
                               erased_at = $3
           WHERE id = $1 AND erased_at IS NULL""",
        customer_id,
        pseudonym_of(number) if number else None,
        clock.now(),
    )
    if number:
        await connection.execute("DELETE FROM suspended_event WHERE content ->> 'customer_no' = $1", number)
    rows = await connection.fetch(
        "UPDATE customer_session SET revoked_at = $2, identity_id = NULL WHERE customer_id = $1 AND revoked_at IS NULL"
        " RETURNING id",
        customer_id,
        clock.now(),
    )
    for row in rows:
        await notices.notify(connection, REVOKED, row[0])
