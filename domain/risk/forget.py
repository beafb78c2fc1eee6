"""A customer's account is erased."""

from kit.database import Connection


async def forget(connection: Connection, customer_id: int) -> None:
    """Attempts, what waited, and the digests go; that something was decided stays, and that they stand on a list: an
    account is no way off it. Idempotent. The caller holds the customer's lock.
    """
    for statement in (
        "DELETE FROM risk_attempt WHERE customer_id = $1",
        "DELETE FROM risk_hold WHERE customer_id = $1",
        "UPDATE risk_decision SET subjects = '{}' WHERE customer_id = $1 AND subjects <> '{}'",
    ):
        await connection.execute(statement, customer_id)
