"""Loans as their borrower sees them; nobody else's loan is ever there."""

from datetime import datetime

import msgspec

from domain import ports
from domain.loans.core import answering
from domain.loans.loan import Loan
from domain.loans.rules import CostTable
from domain.loans.states import LENT
from domain.loans.store import COLUMNS, loan_of, not_found
from domain.ports import Instalment
from kit import database
from kit.errors import Conflict, NotFound


class Confirmation(msgspec.Struct, frozen=True):
    """The cost table a customer confirmed, for how long it was shown, and when."""

    table: CostTable
    seconds: int
    confirmed_at: datetime


async def read(customer_id: int, loan_id: int) -> Loan:
    """One loan. Raises `NotFound`, also for another customer's loan."""
    row = await database.fetchrow(
        f"SELECT {COLUMNS} FROM loan WHERE id = $1 AND customer_id = $2", loan_id, customer_id
    )
    if row is None:
        raise not_found()
    return loan_of(row)


async def plan(customer_id: int, loan_id: int) -> list[Instalment]:
    """The core's repayment plan, with the reduction of each instalment; of a loan repaid early as it was really paid.

    Raises `NotFound`, `Conflict` (`loan.not_disbursed`), `RuleViolated` (`loan.refused`), `Unavailable`.
    """
    loan = await read(customer_id, loan_id)
    if loan.state not in LENT:
        raise Conflict("loan.not_disbursed", "这笔借款没有放款，没有还款计划")
    with answering():
        return await ports.get().card_core.loan_plan(loan.request_no)


async def confirmation(customer_id: int, loan_id: int) -> Confirmation:
    """What was confirmed before the loan was applied for, word by word.

    Raises `NotFound`, also for loans of when only the version of the table was kept (`loan.cost_table_not_kept`).
    """
    row = await database.fetchrow(
        "SELECT cost_table, cost_table_seconds, created_at FROM loan WHERE id = $1 AND customer_id = $2",
        loan_id,
        customer_id,
    )
    if row is None:
        raise not_found()
    if row["cost_table"] is None:
        raise NotFound("loan.cost_table_not_kept", "这笔借款的费用明细只保留了版本号")
    table = msgspec.json.decode(row["cost_table"], type=CostTable)
    return Confirmation(table, row["cost_table_seconds"], row["created_at"])
