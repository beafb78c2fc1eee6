"""Applying for a loan: occupy the coupon and commit, then ask the core, then conclude."""

import hashlib
from datetime import timedelta

import msgspec

from domain import coupons, customers
from domain.loans import store
from domain.loans.ask import ask
from domain.loans.choices import usable_coupon
from domain.loans.conclude import conclude
from domain.loans.core import borrower
from domain.loans.loan import Loan
from domain.loans.rules import CostTable
from domain.loans.states import LoanState
from domain.loans.terms import Terms
from domain.loans.trial import computed
from kit import clock, database, ids
from kit.errors import Conflict, DomainError, RuleViolated

OCCUPIED_FOR = timedelta(minutes=30)


class Application(msgspec.Struct, frozen=True):
    """What the customer confirmed: the terms, the coupon, and the cost table with how long it was shown."""

    terms: Terms
    coupon_id: int | None
    cost_table_version: str
    cost_table_seconds: int


async def apply(customer_id: int, application: Application, idempotency_key: str) -> Loan:
    """Apply for a loan; it is `processing` when the core has not decided yet, and `settle` goes on asking.

    Idempotent on the key: the same content is the same loan, other content raises `Conflict`
    (`idempotency.key_reused`). Raises also `Forbidden` (`customer.not_bound`), `NotFound`, `Conflict`
    (`coupon.not_unused`), `RuleViolated` (`loan.cost_table_not_confirmed`, `loan.refused`, the coupon does not fit),
    `Unavailable` (nothing has happened then).
    """
    fingerprint = _fingerprint(application)
    fresh = await _begin(customer_id, application, idempotency_key, fingerprint)
    if fresh is not None:
        outcome = await ask(fresh, again=False)
        return await conclude(fresh, outcome) if outcome else fresh
    known = await store.by_key(customer_id, idempotency_key)
    if known is None or known.fingerprint != fingerprint:
        raise Conflict("idempotency.key_reused", "该请求编号已用于另一笔申请,请重新发起")
    return known


async def _begin(customer_id: int, application: Application, idempotency_key: str, fingerprint: str) -> Loan | None:
    """The new loan; None where its key is known already."""
    if await store.by_key(customer_id, idempotency_key) is not None:
        return None
    try:
        await _check(customer_id, application)
        return await _open(customer_id, application, idempotency_key, fingerprint)
    except DomainError:
        # The same application, sent twice, may have taken the coupon since we looked for the key.
        if await store.by_key(customer_id, idempotency_key) is None:
            raise
        return None


async def _check(customer_id: int, application: Application) -> None:
    terms = application.terms
    customer_no = await borrower(customer_id)
    coupon = None
    if application.coupon_id is not None:
        coupon = await usable_coupon(customer_id, application.coupon_id, terms)
    table = (await computed(customer_no, terms, coupon)).cost_table
    if not _confirmed(application, table):
        raise RuleViolated("loan.cost_table_not_confirmed", "请先完整阅读并确认本次借款的费用明细")


def _confirmed(application: Application, table: CostTable) -> bool:
    return application.cost_table_version == table.version and application.cost_table_seconds >= table.reading_seconds


async def _open(customer_id: int, application: Application, idempotency_key: str, fingerprint: str) -> Loan | None:
    """The new loan with its coupon occupied, committed; None when the key was used at this very moment."""
    now, terms, coupon_id = clock.now(), application.terms, application.coupon_id
    async with database.transaction() as connection:
        await customers.lock(connection, [customer_id])
        if await store.by_key(customer_id, idempotency_key) is not None:
            return None
        if coupon_id is not None:
            # Once more, now that nothing of this customer can change: another loan may have begun since the check.
            await usable_coupon(customer_id, coupon_id, terms)
        [row] = await connection.fetch(
            f"""INSERT INTO loan (customer_id, request_no, idempotency_key, fingerprint, amount_fen, periods, method,
                                  coupon_id, state, cost_table_version, cost_table_seconds, created_at, asked_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12) RETURNING {store.COLUMNS}""",
            customer_id,
            ids.request_no("L"),
            idempotency_key,
            fingerprint,
            terms.amount_fen,
            terms.periods,
            terms.method,
            coupon_id,
            str(LoanState.PROCESSING),
            application.cost_table_version,
            application.cost_table_seconds,
            now,
        )
        loan = store.loan_of(row)
        if coupon_id is not None:
            await coupons.occupy(connection, customer_id, coupon_id, loan.id, now + OCCUPIED_FOR)
        return loan


def _fingerprint(application: Application) -> str:
    terms = application.terms
    content = [
        terms.amount_fen,
        terms.periods,
        terms.method,
        application.coupon_id,
        application.cost_table_version,
        application.cost_table_seconds,
    ]
    return hashlib.sha256(msgspec.json.encode(content)).hexdigest()
