"""A customer takes a WeChat identity off their card."""

from domain import outbox
from domain.customers.profile import lock
from domain.customers.sessions import revoke_of_identity
from domain.facts import IdentityUnbound
from kit import clock, database
from kit.database import Connection
from kit.errors import NotFound


async def unbind(customer_id: int, identity_id: int) -> list[str]:
    """Make the identity a visitor's again; its sessions end everywhere, whatever the customer has stays theirs.

    Returns the sessions that ended. Raises `NotFound`, also for somebody else's and for one that is not bound.
    """
    async with database.transaction() as connection:
        await lock(connection, [customer_id])
        found = await connection.fetchval(
            "SELECT id FROM identity WHERE id = $1 AND customer_id = $2 AND bound_at IS NOT NULL FOR NO KEY UPDATE",
            identity_id,
            customer_id,
        )
        if found is None:
            raise NotFound("identity.not_found", "没有这个绑定的微信")
        await connection.execute(
            """WITH visitor AS (INSERT INTO customer (name, stage, created_at) VALUES ('', 'base', $2) RETURNING id)
               UPDATE identity SET customer_id = visitor.id, bound_at = NULL FROM visitor WHERE identity.id = $1""",
            identity_id,
            clock.now(),
        )
        ended = await revoke_of_identity(connection, identity_id)
        await _tell(connection, customer_id, identity_id)
    return ended


async def _tell(connection: Connection, customer_id: int, identity_id: int) -> None:
    """Only where it was the last one is the customer without WeChat."""
    number = await connection.fetchval(
        """SELECT customer_no FROM customer c WHERE id = $1
           AND NOT EXISTS (SELECT FROM identity i WHERE i.customer_id = c.id AND i.bound_at IS NOT NULL)""",
        customer_id,
    )
    if number is not None:
        await outbox.record(connection, [IdentityUnbound(identity_id, number, clock.now())])
