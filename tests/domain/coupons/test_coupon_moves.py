"""Occupy, redeem, release, void, expire: each once, each recorded, nothing in between."""

import asyncio
import contextvars
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain import coupons, customers
from domain.coupons import Coupon, CouponState, NotVoided
from domain.coupons.moves import move
from domain.coupons.states import MOVES, may
from kit import clock, database
from kit.errors import Conflict, NotFound
from tests.domain.coupons.stage import broken, issue_one, new_customers, publish_template

pytestmark = pytest.mark.usefixtures("database")
NO_ENTRIES = "used coupon <-> one accounting entry or one on its way"


async def occupy(customer_id: int, coupon_id: int, loan_id: int) -> Coupon:
    async with database.transaction() as connection:
        until = clock.now() + timedelta(minutes=30)
        return await coupons.occupy(connection, customer_id, coupon_id, loan_id, until)


async def redeem(loan_id: int) -> int | None:
    async with database.transaction() as connection:
        return await coupons.redeem(connection, loan_id)


async def release(loan_id: int) -> int | None:
    async with database.transaction() as connection:
        return await coupons.release(connection, loan_id, "loan.declined")


async def void(*coupon_ids: int, loans_called_off: bool = False) -> list[NotVoided]:
    async with database.transaction() as connection:
        return await coupons.void(connection, coupon_ids, "clawback", loans_called_off=loans_called_off)


async def state_of(coupon_id: int) -> CouponState:
    return CouponState(await database.fetchval("SELECT state FROM coupon WHERE id = $1", coupon_id))


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

    async def settle_together(number: int) -> int | None:
        async with database.transaction() as connection:
            await ready.wait()
            if number % 2:
                return await coupons.redeem(connection, 7)
            return await coupons.release(connection, 7, "loan.declined")

    outcomes = await asyncio.gather(*map(settle_together, range(8)))
    assert sorted(outcomes, key=str) == [coupon_id] + [None] * 7
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
    assert [await redeem(7), await redeem(7), await release(7)] == [coupon_id, None, None]
    assert await state_of(coupon_id) == CouponState.USED


async def test_a_released_coupon_can_be_used_again(owned: tuple[int, int]) -> None:
    customer, coupon_id = owned
    await occupy(customer, coupon_id, 7)
    assert [await release(7), await release(7), await redeem(7)] == [coupon_id, None, None]
    assert (await occupy(customer, coupon_id, 8)).id == coupon_id
    assert await redeem(8) == coupon_id


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
    assert await redeem(1) is None


async def test_expiry_waits_for_nobody_and_comes_back() -> None:
    await publish_template("free7", per_person=None)
    busy, *others = await new_customers(4)
    for customer in (busy, *others):
        await issue_one(customer, "free7")
    later = clock.now() + timedelta(days=30)
    assert await coupons.expire(clock.now()) == 0
    async with database.transaction() as connection:
        await customers.lock(connection, [busy])
        # In a context of its own: what starts here would join this transaction.
        elsewhere = asyncio.create_task(coupons.expire(later), context=contextvars.Context())
        assert await asyncio.wait_for(elsewhere, 5) == 3
    assert await coupons.expire(later) == 1
    assert await broken() == {}


async def test_expiry_takes_no_more_than_a_batch() -> None:
    await publish_template("free7", per_person=None)
    for customer in await new_customers(5):
        await issue_one(customer, "free7")
    later = clock.now() + timedelta(days=30)
    assert [await coupons.expire(later, 2) for _ in range(4)] == [2, 2, 1, 0]


async def test_two_that_expire_at_once_share_the_work() -> None:
    await publish_template("free7", per_person=None)
    for customer in await new_customers(20):
        await issue_one(customer, "free7")
    later = clock.now() + timedelta(days=31)
    assert sum(await asyncio.gather(*(coupons.expire(later, 5) for _ in range(8)))) <= 20
    while await coupons.expire(later, 5):
        pass
    assert await database.fetchval("SELECT count(*) FROM coupon_move WHERE after = 'expired'") == 20
    assert await broken() == {}


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
            await move(connection, [owned[1]], CouponState.USED, CouponState.UNUSED, "test")


def test_there_is_no_way_out_of_used_expired_and_voided() -> None:
    final = {state for state, after in MOVES.items() if not after}
    assert final == {CouponState.USED, CouponState.EXPIRED, CouponState.VOIDED}
    assert set(MOVES) == set(CouponState)


STEPS = st.tuples(
    st.sampled_from(["occupy", "redeem", "release", "void", "call_off", "expire"]), st.integers(0, 2), st.integers(1, 3)
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=12))
async def test_whatever_is_done_in_whatever_order_coupons_move_by_the_table(
    steps: list[tuple[str, int, int]],
) -> None:
    """Random verbs on three coupons and three loans, against a model that knows only the table."""
    if not await coupons.template_exists("free7"):
        await publish_template("free7", per_person=None)
    [customer] = await new_customers()
    owned = [await issue_one(customer, "free7") for _ in range(3)]
    model = dict.fromkeys(owned, (CouponState.UNUSED, 0))
    loan_base = owned[0] * 10
    for verb, place, loan in steps:
        await _do(verb, customer, owned[place], loan_base + loan, model)
        rows = await database.fetch("SELECT id, state FROM coupon WHERE id = ANY($1::bigint[])", owned)
        assert {row["id"]: row["state"] for row in rows} == {one: str(state) for one, (state, _) in model.items()}
    moves = await database.fetch(
        "SELECT before, after FROM coupon_move WHERE coupon_id = ANY($1::bigint[]) AND before IS NOT NULL", owned
    )
    assert all(may(CouponState(row["before"]), CouponState(row["after"])) for row in moves)
    assert await broken(NO_ENTRIES) == {}


async def _do(verb: str, customer: int, coupon_id: int, loan: int, model: dict[int, tuple[CouponState, int]]) -> None:
    state, held_by = model[coupon_id]
    of_loan = [one for one, (now, by) in model.items() if now == CouponState.OCCUPIED and by == loan]
    used_for_it = (CouponState.USED, loan) in model.values()
    match verb:
        case "occupy" if not used_for_it and of_loan in ([], [coupon_id]):
            if state == CouponState.UNUSED or (state == CouponState.OCCUPIED and held_by == loan):
                await occupy(customer, coupon_id, loan)
                model[coupon_id] = CouponState.OCCUPIED, loan
            else:
                with pytest.raises(Conflict):
                    await occupy(customer, coupon_id, loan)
        case "redeem" | "release":
            done = await (redeem(loan) if verb == "redeem" else release(loan))
            assert [done] == (of_loan or [None])
            for one in of_loan:
                model[one] = (CouponState.USED if verb == "redeem" else CouponState.UNUSED), loan
        case "call_off":
            left = await void(coupon_id, loans_called_off=True)
            if may(state, CouponState.VOIDED):
                model[coupon_id] = CouponState.VOIDED, 0
            assert bool(left) == (state in (CouponState.USED, CouponState.EXPIRED))
        case "void" if state != CouponState.OCCUPIED:
            await void(coupon_id)
            if state == CouponState.UNUSED:
                model[coupon_id] = CouponState.VOIDED, 0
        case "expire":
            await database.execute(
                "UPDATE coupon SET valid_until = $2 WHERE id = $1 AND state = 'unused'", coupon_id, clock.now()
            )
            await coupons.expire(clock.now())
            if state == CouponState.UNUSED:
                model[coupon_id] = CouponState.EXPIRED, 0
