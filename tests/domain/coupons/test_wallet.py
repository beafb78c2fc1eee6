"""The wallet as its owner pages through it."""

import pytest

from domain import coupons
from domain.coupons import CouponState
from kit import database
from tests.domain.coupons.stage import issue_one, new_customers, publish_template

pytestmark = pytest.mark.usefixtures("database")


async def test_pages_are_newest_first_and_do_not_overlap() -> None:
    await publish_template("free7", per_person=None)
    owner, stranger = await new_customers(2)
    owned = [await issue_one(owner, "free7") for _ in range(5)]
    await issue_one(stranger, "free7")
    first = await coupons.wallet(owner, None, None, 3)
    second = await coupons.wallet(owner, None, first[-1].id, 3)
    assert [coupon.id for coupon in (*first, *second)] == owned[::-1]


async def test_the_wallet_is_filtered_by_state() -> None:
    await publish_template("free7", per_person=None)
    [owner] = await new_customers()
    kept, voided = [await issue_one(owner, "free7") for _ in range(2)]
    async with database.transaction() as connection:
        await coupons.void(connection, [voided], "test")
    assert [coupon.id for coupon in await coupons.wallet(owner, CouponState.UNUSED, None, 10)] == [kept]
    assert [coupon.id for coupon in await coupons.wallet(owner, CouponState.VOIDED, None, 10)] == [voided]
    assert [coupon.id for coupon in await coupons.held(owner)] == [kept]
