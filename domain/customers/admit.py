"""Who comes with a customer number: known, new, or erased and perhaps back."""

from domain.customers.profile import CAME_BACK, forget, ids_of, pseudonym_of
from domain.ports import CoreCustomer
from kit import clock, database, notices
from kit.errors import Forbidden


async def admit(customer_no: str, *, come_back: bool) -> int:
    """The id of this number. One whose account was erased has to say that they come back, and begins anew.

    Raises `Forbidden` (`account.erased`).
    """
    customer_id = (await ids_of([customer_no]))[customer_no]
    if not await database.fetchval("SELECT erased_at IS NOT NULL FROM customer WHERE id = $1", customer_id):
        return customer_id
    if not come_back:
        raise Forbidden(
            "account.erased", "您的任务中心账户已注销。如需继续使用，请选择重新开通；原来的经验、优惠券和权益不会恢复"
        )
    async with database.transaction() as connection:
        await connection.execute(
            "UPDATE customer SET customer_no = NULL WHERE customer_no = $1", pseudonym_of(customer_no)
        )
        await connection.execute(
            """INSERT INTO customer (customer_no, name, stage, created_at) VALUES ($1, '', 'base', $2)
               ON CONFLICT DO NOTHING""",
            customer_no,
            clock.now(),
        )
        await notices.notify(connection, CAME_BACK, customer_no)
    forget(customer_no)
    return (await ids_of([customer_no]))[customer_no]


async def admit_from_core(known: CoreCustomer, *, come_back: bool) -> int:
    """As `admit`, taking over what the card core says of them."""
    customer_id = await admit(known.customer_no, come_back=come_back)
    await database.execute(
        """UPDATE customer SET name = $2, stage = $3, card_product = $4, branch = $5, billing_day = $6
           WHERE id = $1 AND erased_at IS NULL
             AND (name, stage, card_product, branch, billing_day) IS DISTINCT FROM ($2, $3, $4, $5, $6::smallint)""",
        customer_id,
        known.name,
        known.stage,
        known.card_product,
        known.branch,
        known.billing_day,
    )
    return customer_id
