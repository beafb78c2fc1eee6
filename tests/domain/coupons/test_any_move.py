"""Whatever is done with coupons and loans in whatever order, coupons move by the table."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain import coupons
from domain.coupons import CouponState
from domain.coupons.states import may
from kit import clock, database
from kit.errors import Conflict
from tests.domain.coupons.stage import broken, issue_one, new_customers, publish_template
from tests.domain.coupons.verbs import NO_ENTRIES, give_back, occupy, redeem, release, void

pytestmark = pytest.mark.usefixtures("database")
STEPS = st.tuples(
    st.sampled_from(["occupy", "redeem", "release", "void", "call_off", "give_back", "expire"]),
    st.integers(0, 2),
    st.integers(1, 3),
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
    match verb:
        case "occupy":
            if state == CouponState.UNUSED or (state == CouponState.OCCUPIED and held_by == loan):
                await occupy(customer, coupon_id, loan)
                model[coupon_id] = CouponState.OCCUPIED, loan
            else:
                with pytest.raises(Conflict):
                    await occupy(customer, coupon_id, loan)
        case "redeem" | "release":
            done = await (redeem(loan) if verb == "redeem" else release(loan))
            assert done == of_loan
            for one in of_loan:
                model[one] = (CouponState.USED if verb == "redeem" else CouponState.UNUSED), loan
        case "call_off":
            left = await void(coupon_id, loans_called_off=True)
            if state in (CouponState.UNUSED, CouponState.OCCUPIED):
                model[coupon_id] = CouponState.VOIDED, 0
            assert bool(left) == (state in (CouponState.USED, CouponState.EXPIRED))
        case "give_back":
            returned = [one for one, (now, by) in model.items() if now == CouponState.USED and by == loan]
            assert await give_back(loan) == returned
            for one in returned:
                model[one] = CouponState.UNUSED, loan
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
