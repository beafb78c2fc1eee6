"""Borrowers with coupons, and their applications."""

from datetime import timedelta
from typing import Any

from domain import loans, outbox
from domain.loans import Application, Loan, Terms, Trial
from kit import clock, database
from tests.domain.coupons.stage import issue_one, new_customers, publish_template

TERMS = Terms(1_200_000, 12, "equal_instalment", "bank_app")


async def borrower_with(days: int = 30, **changes: Any) -> tuple[int, int]:
    """A customer and a coupon of theirs: so many days free of interest."""
    await publish_template("free", per_person=None, value={"days": days}, **changes)
    [customer] = await new_customers()
    return customer, await issue_one(customer, "free")


def confirming(trial: Trial, terms: Terms = TERMS, **changes: Any) -> Application:
    """The application of one who has read the cost table of `trial`."""
    given = {
        "coupon_ids": [one.coupon_id for one in trial.coupons],
        "cost_table_version": trial.cost_table.version,
        "cost_table_seconds": trial.cost_table.reading_seconds,
    }
    return Application(terms, **{**given, **changes})


async def apply(customer: int, *coupon_ids: int, key: str = "k1", terms: Terms = TERMS) -> Loan:
    """Try, read, apply."""
    return await loans.apply(customer, confirming(await loans.trial(customer, terms, coupon_ids), terms), key)


async def settle_later() -> int:
    """The job, when it is time to ask again."""
    await database.execute("UPDATE loan SET asked_at = asked_at - interval '1 minute' WHERE state = 'processing'")
    return await loans.settle(clock.now() + timedelta(seconds=1))


async def told() -> None:
    """Every fact that was recorded has been reacted to."""
    while await outbox.relay_batch():
        pass


async def state_of(coupon_id: int) -> str:
    """The state of a coupon."""
    return str(await database.fetchval("SELECT state FROM coupon WHERE id = $1", coupon_id))
