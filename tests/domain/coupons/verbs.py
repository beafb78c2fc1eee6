"""The verbs of the wallet, each in a transaction of its own."""

from datetime import timedelta

from domain import coupons
from domain.coupons import Coupon, CouponState, NotVoided
from kit import clock, database

NO_ENTRIES = "used coupon <-> one accounting entry that stands"
"""An invariant that asks for entries; the wallet's verbs write none."""


async def occupy(customer_id: int, coupon_id: int, loan_id: int) -> Coupon:
    """For half an hour."""
    async with database.transaction() as connection:
        until = clock.now() + timedelta(minutes=30)
        return await coupons.occupy(connection, customer_id, coupon_id, loan_id, until)


async def redeem(loan_id: int, *coupon_ids: int) -> list[int]:
    """All of the loan, or these."""
    async with database.transaction() as connection:
        return await coupons.redeem(connection, loan_id, coupon_ids or None)


async def release(loan_id: int) -> list[int]:
    """As declined."""
    async with database.transaction() as connection:
        return await coupons.release(connection, loan_id, "loan.declined")


async def give_back(loan_id: int) -> list[int]:
    """As cancelled."""
    async with database.transaction() as connection:
        return await coupons.give_back(connection, loan_id, "loan.cancelled")


async def void(*coupon_ids: int, loans_called_off: bool = False) -> list[NotVoided]:
    """As a clawback does."""
    async with database.transaction() as connection:
        return await coupons.void(connection, coupon_ids, "clawback", loans_called_off=loans_called_off)


async def state_of(coupon_id: int) -> CouponState:
    """As stored."""
    return CouponState(await database.fetchval("SELECT state FROM coupon WHERE id = $1", coupon_id))
