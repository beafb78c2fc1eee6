"""Applying for a loan: occupy the coupons and commit, then ask the core, then conclude."""

import hashlib

import msgspec

from domain import coupons, customers
from domain.loans import store
from domain.loans.ask import ask
from domain.loans.asking import asking
from domain.loans.choices import fitting_coupons
from domain.loans.conclude import conclude
from domain.loans.loan import Loan, LoanCoupon
from domain.loans.rules import OCCUPIED_FOR, CostTable
from domain.loans.states import LoanState
from domain.loans.terms import Terms
from domain.loans.trial import Tried, tried
from kit import clock, database, ids
from kit.database import Connection
from kit.errors import Conflict, DomainError, RuleViolated


class Application(msgspec.Struct, frozen=True):
    """What the customer confirmed: the terms, the coupons, and the cost table with how long it was shown."""

    terms: Terms
    coupon_ids: list[int]
    cost_table_version: str
    cost_table_seconds: int


async def apply(customer_id: int, application: Application, idempotency_key: str) -> Loan:
    """Apply for a loan; it is `processing` when the core has not decided yet, and `settle` goes on asking.

    Idempotent on the key: the same content is the same loan, other content raises `Conflict`
    (`idempotency.key_reused`). Raises also `Forbidden` (`customer.not_bound`), `NotFound`, `Conflict`
    (`coupon.not_unused`, `loan.situation_changed`), `RuleViolated` (`loan.cost_table_not_confirmed`, `loan.refused`,
    `loan.no_product`, `coupon.not_stackable`, a coupon does not fit), `Unavailable` (nothing has happened then).
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
        checked = await _check(customer_id, application)
        return await _open(customer_id, application, idempotency_key, fingerprint, checked)
    except DomainError:
        # The same application, sent twice, may have taken the coupons since we looked for the key.
        if await store.by_key(customer_id, idempotency_key) is None:
            raise
        return None


async def _check(customer_id: int, application: Application) -> Tried:
    found = await tried(customer_id, application.terms, application.coupon_ids)
    if not _confirmed(application, found.trial.cost_table):
        raise RuleViolated("loan.cost_table_not_confirmed", "请先完整阅读并确认本次借款的费用明细")
    return found


def _confirmed(application: Application, table: CostTable) -> bool:
    return application.cost_table_version == table.version and application.cost_table_seconds >= table.reading_seconds


async def _open(
    customer_id: int, application: Application, idempotency_key: str, fingerprint: str, checked: Tried
) -> Loan | None:
    """The new loan with its coupons occupied, committed; None when the key was used at this very moment."""
    async with database.transaction() as connection:
        await customers.lock(connection, [customer_id])
        if await store.by_key(customer_id, idempotency_key) is not None:
            return None
        # Once more, now that nothing of this customer can change: another loan may have begun since the check.
        now_asked = asking(checked.borrower, await store.history(customer_id), application.terms)
        await fitting_coupons(customer_id, application.coupon_ids, now_asked.use)
        if now_asked.interface != checked.asking.interface:
            raise Conflict("loan.situation_changed", "您的借款条件刚刚发生变化，请重新试算")
        loan = await _insert(connection, customer_id, application, idempotency_key, fingerprint, checked)
        for coupon_id in sorted(application.coupon_ids):
            await coupons.occupy(connection, customer_id, coupon_id, loan.id, loan.created_at + OCCUPIED_FOR)
        return loan


async def _insert(
    connection: Connection,
    customer_id: int,
    application: Application,
    idempotency_key: str,
    fingerprint: str,
    checked: Tried,
) -> Loan:
    terms, now = application.terms, clock.now()
    [row] = await connection.fetch(
        f"""INSERT INTO loan (customer_id, request_no, idempotency_key, fingerprint, amount_fen, periods, method, state,
                              cost_table_version, cost_table_seconds, cost_table, interface, created_at, asked_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::text::jsonb, $12::text::jsonb, $13, $13)
            RETURNING {store.COLUMNS}""",
        customer_id,
        ids.request_no("L"),
        idempotency_key,
        fingerprint,
        terms.amount_fen,
        terms.periods,
        terms.method,
        str(LoanState.PROCESSING),
        application.cost_table_version,
        application.cost_table_seconds,
        msgspec.json.encode(checked.trial.cost_table).decode(),
        msgspec.json.encode(checked.asking.interface).decode(),
        now,
    )
    loan = store.loan_of(row)
    await connection.execute(
        "INSERT INTO loan_move (loan_id, after, source, moved_at) VALUES ($1, $2, 'customer', $3)",
        loan.id,
        str(loan.state),
        now,
    )
    await connection.execute(
        """INSERT INTO loan_coupon (loan_id, coupon_id, position)
           SELECT $1, id, place - 1 FROM unnest($2::bigint[]) WITH ORDINALITY AS t (id, place)""",
        loan.id,
        application.coupon_ids,
    )
    return msgspec.structs.replace(loan, coupons=[LoanCoupon(one, None) for one in application.coupon_ids])


def _fingerprint(application: Application) -> str:
    terms = application.terms
    content = [
        terms.amount_fen,
        terms.periods,
        terms.method,
        application.coupon_ids,
        application.cost_table_version,
        application.cost_table_seconds,
    ]
    return hashlib.sha256(msgspec.json.encode(content)).hexdigest()
