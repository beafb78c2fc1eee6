"""GET /debts: what a customer owes for used rewards that were taken back."""

from collections.abc import AsyncIterator

import pytest

from domain import customers
from tests.api.room import SignIn, customers_room
from tests.domain.coupons.stage import new_customers
from tests.domain.rewards.test_debts import conclude, earned, put_in_a_loan, tell
from tests.domain.tasks.making import refund

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def sign_in(database: str) -> AsyncIterator[SignIn]:
    async with customers_room() as room:
        yield room


@pytest.mark.parametrize("policy", ["deduct", "report", "write_off"])
async def test_what_is_owed_is_told_to_its_customer_only(sign_in: SignIn, policy: str) -> None:
    bought = await earned(policy)
    await put_in_a_loan()
    await conclude(disbursed=True)
    await tell(refund(bought))
    [stranger] = await new_customers()
    [debt] = (await (await sign_in(await customers.id_of("C1"))).get("/debts")).json()["items"]
    assert (debt["task"], debt["amount_fen"], debt["settled_fen"]) == ("one", 350, 0)
    assert debt["deducted"] is (policy == "deduct")
    assert debt["state"] == ("written_off" if policy == "write_off" else "open")
    assert debt["reward"] == "7天免息券"
    assert (await (await sign_in(stranger)).get("/debts")).json() == {"items": [], "next_cursor": None}


async def test_what_cost_nothing_is_not_told(sign_in: SignIn) -> None:
    bought = await earned()
    await tell(refund(bought))
    assert (await (await sign_in(await customers.id_of("C1"))).get("/debts")).json()["items"] == []
