"""A customer asks to be forgotten."""

from domain import customers
from domain.personal_data.deletions import COLUMNS, COOLING_OFF, Deletion, running_loans
from kit import clock, database
from kit.errors import Conflict


async def request_deletion(customer_id: int) -> tuple[Deletion, bool]:
    """Begin the cooling-off; the deletion, and whether it began just now. Asking again changes nothing.

    Raises `Conflict` (`account.loan_running`).
    """
    now = clock.now()
    async with database.transaction() as connection:
        await customers.lock(connection, [customer_id])
        row = await connection.fetchrow(
            f"SELECT {COLUMNS} FROM account_deletion WHERE customer_id = $1 AND state = 'cooling'", customer_id
        )
        if row is not None:
            return Deletion(*row), False
        if await running_loans(connection, customer_id):
            raise Conflict("account.loan_running", "您还有未结清或处理中的借款，结清后才能注销")
        row = await connection.fetchrow(
            f"""INSERT INTO account_deletion (customer_id, state, requested_at, due_at) VALUES ($1, 'cooling', $2, $3)
                RETURNING {COLUMNS}""",
            customer_id,
            now,
            now + COOLING_OFF,
        )
    assert row is not None
    return Deletion(*row), True
