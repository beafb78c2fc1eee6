"""A used coupon and its one entry in the core's books, whatever fails on the way."""

import asyncio
import random

import asyncpg
import pytest

from domain import loans
from domain.loans import Loan
from domain.loans.book_coupons import book_coupons
from kit import database
from kit.errors import DomainError
from tests.domain.coupons.stage import broken, issue_one, new_customers, publish_template
from tests.domain.loans.stage import apply, borrower_with, settle_later, told
from tests.domain.loans.twin import Twin

pytestmark = pytest.mark.usefixtures("database")
ENTRIES = "/card-core/accounting-entries"


async def listed() -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in await database.fetch("SELECT kind, state FROM loan_discrepancy ORDER BY id")]


async def pending() -> int:
    return int(await database.fetchval("SELECT count(*) FROM accounting_entry WHERE state = 'pending'"))


async def test_a_coupon_has_its_entry_when_it_is_used_and_the_database_refuses_another(twin: Twin) -> None:
    customer, coupon_id = await borrower_with()
    loan = await apply(customer, coupon_id)
    assert await pending() == 1
    with pytest.raises(asyncpg.UniqueViolationError):
        async with database.transaction() as connection:
            await book_coupons(connection, loan.id, {coupon_id: 18_000})
    assert await database.fetchval("SELECT count(*) FROM accounting_entry") == 1


@pytest.mark.parametrize("fault", ["timeout_after_work", "http_500", "html_after_work"])
async def test_an_entry_whose_answer_is_lost_is_posted_again_and_booked_once(twin: Twin, fault: str) -> None:
    customer, coupon_id = await borrower_with()
    await apply(customer, coupon_id)
    await told()
    await twin.fault(fault, ENTRIES)
    assert (await loans.post_entries(), await pending()) == (0, 1)
    assert (await loans.post_entries(), await pending()) == (1, 0)
    assert await loans.post_entries() == 0
    posted = await twin.calls("POST", ENTRIES)
    assert len(posted) == 2
    assert len({call["request_no"] for call in posted}) == 1


async def test_two_that_post_at_once_confirm_an_entry_once(twin: Twin) -> None:
    customer, coupon_id = await borrower_with()
    await apply(customer, coupon_id)
    await told()
    assert sum(await asyncio.gather(*(loans.post_entries() for _ in range(4)))) == 1
    assert await broken() == {}


async def test_an_entry_the_core_refuses_does_not_hold_up_the_others(twin: Twin) -> None:
    customer, first = await borrower_with()
    second = await issue_one(customer, "free")
    await apply(customer, first, key="k1")
    await apply(customer, second, key="k2")
    await told()
    await database.execute("UPDATE accounting_entry SET amount_fen = 1 WHERE coupon_id = $1", first)
    assert (await loans.post_entries(), await pending()) == (1, 1)
    assert await listed() == [("entry_refused", "open")]
    await database.execute("UPDATE accounting_entry SET amount_fen = 18000 WHERE coupon_id = $1", first)
    assert (await loans.post_entries(), await pending()) == (1, 0)
    assert await listed() == [("entry_refused", "closed")]


async def test_our_ledger_and_the_cores_agree_after_a_storm_of_failures(twin: Twin) -> None:
    """Fifteen borrowers apply at once, some twice, while the core fails in every way it can."""
    await publish_template("free", value={"days": 30}, per_person=None)
    people = await new_customers(15)
    owned = [(customer, await issue_one(customer, "free")) for customer in people]
    chance = random.Random(17)
    await twin.decide_next("decline", times=4)
    for _ in range(12):
        fault = chance.choice(["http_500", "connection_reset", "html"]) + chance.choice(["", "_after_work"])
        await twin.fault(fault, chance.choice(["/card-core/loans", "/plan", ENTRIES]))

    async def try_to_borrow(customer: int, coupon_id: int, key: str) -> Loan | DomainError:
        try:
            return await apply(customer, coupon_id, key=key)
        except DomainError as refused:
            return refused

    wanted = [(customer, coupon_id, key) for customer, coupon_id in owned for key in ("a", "b")]
    await asyncio.gather(*(try_to_borrow(*one) for one in wanted), settle_later(), loans.post_entries())
    await twin.works_again()
    while await database.fetchval("SELECT count(*) FROM loan WHERE state = 'processing'"):
        await asyncio.gather(settle_later(), settle_later())
    await told()
    await loans.post_entries()
    assert await pending() == 0
    assert await broken() == {}
    for row in await database.fetch(
        """SELECT l.request_no, l.state, e.request_no AS entry_no, e.amount_fen FROM loan l
           LEFT JOIN accounting_entry e ON e.loan_id = l.id"""
    ):
        booked = twin.loan(row["request_no"])
        assert booked is not None
        assert booked.state == row["state"]
        if row["state"] == "disbursed":
            entry = twin.entry(row["entry_no"])
            assert entry is not None
            assert entry.amount_fen == row["amount_fen"] == sum(line.reduction_fen for line in booked.plan)
