"""Experience for a benefit: once, all or nothing, never more than the balance holds, and no level is lost by it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from domain import benefits, customers, exchanges, experience, outbox, reconciliation, suppliers
from domain.exchanges import Exchange, ExchangeOrder
from domain.experience import Earning
from kit import database
from kit.errors import Conflict, NotFound, RuleViolated
from tests.domain.benefits.stage import benefit
from tests.domain.coupons.stage import new_customers, publish
from tests.domain.suppliers.twin import Twin, suppliers_twin
from tests.domain.tasks.among import audience

pytestmark = pytest.mark.usefixtures("database")
TABLE = {
    "name": "会员等级",
    "levels": [{"rank": 0, "name": "普通", "threshold": 0}, {"rank": 1, "name": "银卡", "threshold": 100}],
}


async def earn(customer: int, amount: int, source: str = "e") -> None:
    async with database.transaction() as connection:
        await customers.lock(connection, [customer])
        await experience.add(connection, [Earning(customer, amount, f"{source}:{customer}", "测试")])


async def exchange(customer: int, key: str, code: str = "lounge") -> Exchange:
    [answer] = await exchanges.exchange_batch([ExchangeOrder(customer, code, key)])
    if isinstance(answer, Exception):
        raise answer
    return answer


async def lounge(**changes: Any) -> None:
    await benefit("lounge", **{"stock_mode": "unlimited", "exchange": {"experience": 80}, **changes})


async def balance(customer: int) -> int:
    return (await experience.standing(customer)).balance


async def counts() -> tuple[int, int, int]:
    """Exchanges, grants, and what the stock counter says."""
    rows = [
        await database.fetchval(f"SELECT {what}")
        for what in (
            "(SELECT count(*) FROM exchange)",
            "(SELECT count(*) FROM benefit_grant)",
            "(SELECT sum(issued)::int FROM benefit_stock)",
        )
    ]
    return rows[0], rows[1], rows[2]


async def holds() -> None:
    assert await reconciliation.reconcile() == []


async def test_experience_goes_the_benefit_comes_and_the_level_stays() -> None:
    await publish(experience.LEVEL_TABLES, "default", TABLE)
    await lounge()
    [customer] = await new_customers()
    await earn(customer, 120)
    made = await exchange(customer, "k1")
    assert (made.created, made.experience) == (True, 80)
    standing = await experience.standing(customer)
    assert (standing.balance, standing.current.name) == (40, "银卡")
    assert await experience.changes(customer) == await experience.changes(customer)
    assert [one.reason for one in await experience.changes(customer)] == ["rise"]
    [spent, _] = await experience.entries(customer, None, 10)
    assert (spent.amount, spent.title) == (-80, "兑换：咖啡券")
    await holds()
    await earn(customer, -30, "clawback")
    assert (await experience.standing(customer)).current.name == "普通", "what is taken back was never earned"
    await holds()


async def test_the_same_key_is_the_same_exchange_also_at_once() -> None:
    await lounge()
    [customer] = await new_customers()
    await earn(customer, 500)
    answers = await asyncio.gather(*(exchange(customer, "same") for _ in range(8)))
    assert sum(one.created for one in answers) == 1
    assert len({one.id for one in answers}) == 1
    [first, second] = await exchanges.exchange_batch([ExchangeOrder(customer, "lounge", "b")] * 2)
    assert isinstance(first, Exchange)
    assert isinstance(second, Exchange)
    assert (first.created, second.created, first.id == second.id) == (True, False, True)
    await benefit("coffee", codes=1, exchange={"experience": 1})
    with pytest.raises(Conflict, match=r"idempotency\.key_reused"):
        await exchange(customer, "same", "coffee")
    assert (await balance(customer), (await counts())[0]) == (340, 2)
    await holds()


async def test_the_balance_is_never_overspent_by_many_at_once() -> None:
    await lounge()
    [customer] = await new_customers()
    await earn(customer, 250)
    outcomes = await asyncio.gather(*(exchange(customer, f"k{n}") for n in range(10)), return_exceptions=True)
    refused = [one for one in outcomes if isinstance(one, Conflict)]
    assert {one.code for one in refused} == {"experience.insufficient"}
    assert (len(refused), await balance(customer), await counts()) == (7, 10, (3, 3, 3))
    [batch] = [await exchanges.exchange_batch([ExchangeOrder(customer, "lounge", f"x{n}") for n in range(3)])]
    assert all(isinstance(one, Conflict) for one in batch)
    await holds()


async def test_of_several_orders_in_one_batch_each_sees_what_those_before_left() -> None:
    await lounge()
    await benefit("coffee", codes=0, exchange={"experience": 200})
    [customer] = await new_customers()
    await earn(customer, 200)
    sold_out, first, second, third = await exchanges.exchange_batch(
        [
            ExchangeOrder(customer, "coffee", "a"),
            ExchangeOrder(customer, "lounge", "b"),
            ExchangeOrder(customer, "lounge", "c"),
            ExchangeOrder(customer, "lounge", "d"),
        ]
    )
    assert isinstance(sold_out, Conflict)
    assert isinstance(third, Conflict)
    assert (sold_out.code, third.code) == ("benefit.out_of_stock", "experience.insufficient")
    assert isinstance(first, Exchange)
    assert isinstance(second, Exchange)
    assert await balance(customer) == 40
    await holds()


async def test_the_last_one_goes_to_one_of_twenty_customers() -> None:
    await lounge(stock=1)
    people = await new_customers(20)
    for customer in people:
        await earn(customer, 100)
    outcomes = await asyncio.gather(*(exchange(customer, "k") for customer in people), return_exceptions=True)
    assert sorted({one.code for one in outcomes if isinstance(one, Conflict)}) == ["benefit.out_of_stock"]
    assert await counts() == (1, 1, 1)
    assert sorted([await balance(customer) for customer in people]) == [20] + [100] * 19
    await holds()


async def test_caps_of_exchange_and_of_the_benefit_and_what_is_not_for_exchange() -> None:
    await lounge(exchange={"experience": 1, "per_person": 2})
    await benefit("spa", stock_mode="unlimited", per_person=1, exchange={"experience": 1})
    await benefit("gift", stock_mode="unlimited")
    [customer] = await new_customers()
    await earn(customer, 10)
    for key in ("a", "b"):
        await exchange(customer, key)
    await exchange(customer, "c", "spa")
    for code, key, error in (
        ("lounge", "d", r"exchange\.personal_cap"),
        ("spa", "e", r"benefit\.personal_cap"),
        ("gift", "f", r"benefit\.not_exchangeable"),
    ):
        with pytest.raises(Conflict, match=error):
            await exchange(customer, key, code)
    with pytest.raises(NotFound, match=r"benefit\.not_found"):
        await exchange(customer, "g", "nowhere")
    assert (await balance(customer), await exchanges.exchanged_of(customer)) == (7, {"lounge": 2, "spa": 1})
    await holds()


@pytest.fixture
async def twin(database: str, tmp_path: Path) -> AsyncIterator[Twin]:
    async with suppliers_twin(tmp_path, tmp_path / "keys") as working:
        yield working


async def test_what_the_supplier_refuses_gives_the_experience_back_once(twin: Twin) -> None:
    await publish(experience.LEVEL_TABLES, "default", TABLE)
    await twin.admit()
    await twin.decide_next("refused")
    await lounge(stock_mode="supplier_api", supplier="films", exchange={"experience": 80, "per_person": 1})
    [customer] = await new_customers()
    await earn(customer, 99)
    made = await exchange(customer, "a")
    await suppliers.ask_suppliers()
    await holds()
    while await outbox.relay_batch():
        pass
    standing = await experience.standing(customer)
    assert (standing.balance, standing.current.name) == (99, "普通"), "it was not earned again"
    assert [one.title for one in await experience.entries(customer, None, 1)] == ["兑换未成功，退回：咖啡券"]
    await holds()
    again = await exchange(customer, "a")
    assert (again.id, again.created) == (made.id, False)
    assert (await exchange(customer, "b")).created, "what was given back counts against no cap"
    await holds()


async def test_an_exchange_for_an_audience_is_for_nobody_else() -> None:
    [member, other] = (await customers.ids_of(["IN", "OUT"])).values()
    await audience("payers", "IN")
    await lounge(exchange={"experience": 1, "audience": "payers"})
    await benefit("spa", stock_mode="unlimited", exchange={"experience": 1, "exclude": "payers"})
    for customer in (member, other):
        await earn(customer, 10)
    for customer, code in ((other, "lounge"), (member, "spa")):
        with pytest.raises(Conflict, match=r"benefit\.not_for_you"):
            await exchange(customer, "k", code)
        offers = {one.benefit.code: one.exchangeable for one in await benefits.offers(customer)}
        assert offers == {"lounge": code != "lounge", "spa": code != "spa"}
    await exchange(member, "k", "lounge")
    await exchange(other, "k", "spa")
    with pytest.raises(RuleViolated) as refused:
        await benefit("bar", stock_mode="unlimited", exchange={"experience": 1, "audience": "nobody"})
    assert [(one.path, one.code) for one in refused.value.faults] == [
        ("exchange.audience", "audience.unknown_reference")
    ]
    await holds()
