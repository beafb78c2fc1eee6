"""Loans as their borrower sees them; nobody else's loan is ever there."""

from domain import ports
from domain.loans.core import answering
from domain.loans.loan import Loan
from domain.loans.states import LoanState
from domain.loans.store import COLUMNS, loan_of, not_found
from domain.ports import Instalment
from kit import database
from kit.errors import Conflict


async def read(customer_id: int, loan_id: int) -> Loan:
    """One loan. Raises `NotFound`, also for another customer's loan."""
    row = await database.fetchrow(
        f"SELECT {COLUMNS} FROM loan WHERE id = $1 AND customer_id = $2", loan_id, customer_id
    )
    if row is None:
        raise not_found()
    return loan_of(row)


async def plan(customer_id: int, loan_id: int) -> list[Instalment]:
    """The core's repayment plan, with the reduction of each instalment.

    Raises `NotFound`, `Conflict` (`loan.not_disbursed`), `RuleViolated` (`loan.refused`), `Unavailable`.
    """
    loan = await read(customer_id, loan_id)
    if loan.state != LoanState.DISBURSED:
        raise Conflict("loan.not_disbursed", "这笔借款尚未放款，还没有还款计划")
    with answering():
        return await ports.get().card_core.loan_plan(loan.request_no)
