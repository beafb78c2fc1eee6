"""Occupy, redeem, release, void, expire: each once, each recorded, nothing in between."""

import asyncio

import pytest

from domain import coupons
from domain.coupons import Coupon, CouponState, NotVoided
from domain.coupons.moves import move
from domain.coupons.states import MOVES
from kit import clock, database
from kit.errors import Conflict, NotFound
from tests.domain.coupons.stage import broken, issue_one, new_customers, publish_template
from tests.domain.coupons.verbs import NO_ENTRIES, give_back, occupy, redeem, release, state_of, void

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def owned() -> tuple[int, int]:
    """A customer and a coupon of theirs."""
    await publish_template("free7")
    [customer] = await new_customers()
    return customer, await issue_one(customer, "free7")


async def test_same_loan_occupies_once(owned: tuple[int, int]) -> None:
    customer, coupon_id = owned
    await occupy(customer, coupon_id, 7)
    await occupy(customer, coupon_id, 7)
    assert [step.state for step in (await coupons.read(customer, coupon_id)).history] == ["unused", "occupied"]


async def test_two_loans_that_occupy_at_once_are_one_winner(owned: tuple[int, int]) -> None:
    customer, coupon_id = owned
    ready = asyncio.Barrier(10)

    async def occupy_together(loan_id: int) -> Coupon:
        async with database.transaction() as connection:
            await ready.wait()
            return await coupons.occupy(connection, customer, coupon_id, loan_id, clock.now())

    outcomes = await asyncio.gather(*(occupy_together(loan) for loan in range(1, 11)), return_exceptions=True)
    refused = [outcome for outcome in outcomes if isinstance(outcome, Conflict)]
    assert (len(refused), {conflict.code for conflict in refused}) == (9, {"coupon.not_unused"})
    assert await broken() == {}


async def test_of_redeem_and_release_at_once_one_finds_the_coupon(owned: tuple[int, int]) -> None:
    customer, coupon_id = owned
    await occupy(customer, coupon_id, 7)
    ready = asyncio.Barrier(8)

    async def settle_together(number: int) -> list[int]:
        async with database.transaction() as connection:
            await ready.wait()
            if number % 2:
                return await coupons.redeem(connection, 7)
            return await coupons.release(connection, 7, "loan.declined")

    outcomes = await asyncio.gather(*map(settle_together, range(8)))
    assert sorted(outcomes, reverse=True) == [[coupon_id], *[[]] * 7]
    assert len((await coupons.read(customer, coupon_id)).history) == 3


async def test_nobody_occupies_what_belongs_to_another(owned: tuple[int, int]) -> None:
    [stranger] = await new_customers()
    with pytest.raises(NotFound):
        await occupy(stranger, owned[1], 7)
    with pytest.raises(NotFound):
        await coupons.read(stranger, owned[1])
    assert await coupons.wallet(stranger, None, None, 10) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"validity": {"mode": "dynamic", "effective_after_days": 1, "days": 1}}, "coupon.not_yet_valid"),
        ({}, "coupon.expired"),
    ],
)
async def test_only_a_valid_coupon_is_occupied(changes: dict[str, object], code: str) -> None:
    await publish_template("free7", **changes)
    [customer] = await new_customers()
    coupon_id = await issue_one(customer, "free7")
    if code == "coupon.expired":
        await database.execute("UPDATE coupon SET valid_until = $1", clock.now())
    with pytest.raises(Conflict) as refused:
        await occupy(customer, coupon_id, 7)
    assert refused.value.code == code


async def test_a_disbursed_loan_uses_its_coupon_once(owned: tuple[int, int]) -> None:
    customer, coupon_id = owned
    await occupy(customer, coupon_id, 7)
    assert [await redeem(7), await redeem(7), await release(7)] == [[coupon_id], [], []]
    assert await state_of(coupon_id) == CouponState.USED


async def test_a_released_coupon_can_be_used_again(owned: tuple[int, int]) -> None:
    customer, coupon_id = owned
    await occupy(customer, coupon_id, 7)
    assert [await release(7), await release(7), await redeem(7)] == [[coupon_id], [], []]
    assert (await occupy(customer, coupon_id, 8)).id == coupon_id
    assert await redeem(8) == [coupon_id]


async def test_void_takes_unused_ones_and_names_the_others() -> None:
    await publish_template("free7", per_person=None)
    [customer] = await new_customers()
    unused, occupied, used, voided = [await issue_one(customer, "free7") for _ in range(4)]
    await occupy(customer, occupied, 1)
    await occupy(customer, used, 2)
    await redeem(2)
    await void(voided)
    assert await void(unused, occupied, used, voided) == [
        NotVoided(occupied, CouponState.OCCUPIED),
        NotVoided(used, CouponState.USED),
    ]
    assert [await state_of(one) for one in (unused, occupied, used, voided)] == ["voided", "occupied", "used", "voided"]
    assert await broken(NO_ENTRIES) == {}


async def test_a_voided_coupon_that_comes_back_from_its_loan_cannot_be_used_again(owned: tuple[int, int]) -> None:
    customer, coupon_id = owned
    await occupy(customer, coupon_id, 1)
    await void(coupon_id)
    await release(1)
    with pytest.raises(Conflict) as refused:
        await occupy(customer, coupon_id, 2)
    assert refused.value.code == "coupon.expired"
    assert await coupons.expire(clock.now()) == 1


async def test_an_occupied_coupon_is_voided_when_its_loan_is_called_off(owned: tuple[int, int]) -> None:
    customer, coupon_id = owned
    await occupy(customer, coupon_id, 1)
    assert await void(coupon_id, loans_called_off=True) == []
    assert await state_of(coupon_id) == CouponState.VOIDED
    assert await redeem(1) == []


async def test_every_move_has_a_new_change_number(owned: tuple[int, int]) -> None:
    customer, coupon_id = owned
    seen = [await database.fetchval("SELECT change_no FROM coupon")]
    await occupy(customer, coupon_id, 1)
    seen.append(await database.fetchval("SELECT change_no FROM coupon"))
    await release(1)
    seen.append(await database.fetchval("SELECT change_no FROM coupon"))
    assert seen == sorted(set(seen))


async def test_a_move_the_table_does_not_know_is_refused(owned: tuple[int, int]) -> None:
    async with database.transaction() as connection:
        with pytest.raises(ValueError, match="cannot go from"):
            await move(connection, [owned[1]], CouponState.USED, CouponState.OCCUPIED, "test")


async def test_a_cancelled_loan_gives_its_coupons_back_or_forfeits_them() -> None:
    await publish_template("back", per_person=None)
    await publish_template("gone", use={"stacking": "stackable", "cancelled": "forfeit"})
    [customer] = await new_customers()
    back, gone, other = (
        await issue_one(customer, "back"),
        await issue_one(customer, "gone"),
        await issue_one(customer, "back"),
    )
    await occupy(customer, back, 7)
    await occupy(customer, gone, 7)
    await occupy(customer, other, 8)
    assert (await redeem(7, gone), await redeem(7), await redeem(8)) == ([gone], [back], [other])
    assert [await give_back(7), await give_back(7)] == [[back, gone], []]
    assert [await state_of(one) for one in (back, gone, other)] == ["unused", "voided", "used"]
    assert (await occupy(customer, back, 9)).id == back
    assert await broken(NO_ENTRIES) == {}


async def test_a_coupon_given_back_too_late_expires(owned: tuple[int, int]) -> None:
    customer, coupon_id = owned
    await occupy(customer, coupon_id, 7)
    await redeem(7)
    await database.execute("UPDATE coupon SET valid_until = now() WHERE id = $1", coupon_id)
    assert await give_back(7) == [coupon_id]
    assert await coupons.expire(clock.now()) == 1
    assert await state_of(coupon_id) == CouponState.EXPIRED


def test_there_is_no_way_out_of_expired_and_voided() -> None:
    final = {state for state, after in MOVES.items() if not after}
    assert final == {CouponState.EXPIRED, CouponState.VOIDED}
    assert set(MOVES) == set(CouponState)
