"""Experience: every source once, the balance always the sum, the level always that of the balance."""

import asyncio
import contextvars
import random
from datetime import datetime

import pytest

from domain import approvals, customers, experience
from domain.experience import LEVEL_TABLES, Earning
from kit import database
from tests.domain.coupons.stage import MAKER, new_customers, publish

pytestmark = pytest.mark.usefixtures("database")

WRONG_SUM = """
SELECT a.customer_id FROM experience_account a
WHERE a.balance <> (SELECT coalesce(sum(e.amount), 0) FROM experience_entry e WHERE e.customer_id = a.customer_id)"""
WRONG_RANK = """
SELECT customer_id FROM experience_account WHERE rank <> greatest(width_bucket(balance, $1::bigint[]) - 1, 0)"""


async def publish_levels(*thresholds: int, code: str = "default") -> None:
    levels = [
        {"rank": rank, "name": f"等级{rank}", "threshold": threshold, "benefits": [f"权益{rank}"]}
        for rank, threshold in enumerate(thresholds)
    ]
    await publish(LEVEL_TABLES, code, {"name": "会员等级", "levels": levels})
    await experience.catalogue.refresh()


async def earn(*entries: Earning) -> None:
    async with database.transaction() as connection:
        await customers.lock(connection, {entry.customer_id for entry in entries})
        await experience.add(connection, entries)


async def rank_of(customer_id: int) -> int | None:
    async with database.connection() as connection:
        return (await experience.ranks(connection, [customer_id])).get(customer_id)


async def latest_change() -> tuple[int, datetime]:
    [row] = await database.fetch("SELECT change_no, rank_since FROM experience_account")
    return row["change_no"], row["rank_since"]


async def test_who_never_earned_stands_on_the_first_level() -> None:
    [customer] = await new_customers()
    standing = await experience.standing(customer)
    assert (standing.version, standing.balance, standing.current.name, standing.next) == (0, 0, "普通会员", None)
    assert await rank_of(customer) is None
    assert await experience.entries(customer, None, 10) == []


async def test_a_source_counts_once() -> None:
    [customer] = await new_customers()
    entry = Earning(customer, 100, "grant:1", "完成任务")
    await earn(entry, entry)
    await earn(entry, Earning(customer, 5, "grant:2", "完成任务"))
    assert (await experience.standing(customer)).balance == 105
    assert [found.amount for found in await experience.entries(customer, None, 10)] == [5, 100]
    assert await database.fetch(WRONG_SUM) == []


async def test_a_repeat_changes_nothing() -> None:
    [customer] = await new_customers()
    await earn(Earning(customer, 100, "grant:1", "完成任务"))
    before = await database.fetchrow("SELECT * FROM experience_account")
    await earn(Earning(customer, 100, "grant:1", "完成任务"))
    assert await database.fetchrow("SELECT * FROM experience_account") == before


async def test_the_level_rises_and_falls_with_the_balance() -> None:
    await publish_levels(0, 100, 500)
    [customer] = await new_customers()
    await earn(Earning(customer, 450, "grant:1", "完成任务"))
    standing = await experience.standing(customer)
    assert (standing.current.rank, standing.next and standing.next.rank, standing.missing) == (1, 2, 50)
    await earn(Earning(customer, 50, "grant:2", "完成任务"))
    assert ((await experience.standing(customer)).next, await rank_of(customer)) == (None, 2)
    await earn(Earning(customer, -600, "clawback:1", "退货追回"))
    standing = await experience.standing(customer)
    assert (standing.balance, standing.current.rank, standing.missing, await rank_of(customer)) == (-100, 0, 200, 0)


async def test_every_change_has_a_new_change_number_and_a_rise_is_dated() -> None:
    await publish_levels(0, 100)
    [customer] = await new_customers()
    await earn(Earning(customer, 10, "grant:1", "完成任务"))
    first = await latest_change()
    await earn(Earning(customer, 10, "grant:2", "完成任务"))
    second = await latest_change()
    await earn(Earning(customer, 90, "grant:3", "完成任务"))
    third = await latest_change()
    assert first[0] < second[0] < third[0]
    assert first[1] == second[1] < third[1]


async def test_entries_are_paged_newest_first() -> None:
    [customer] = await new_customers()
    await earn(*(Earning(customer, number, f"grant:{number}", "完成任务") for number in range(1, 6)))
    first = await experience.entries(customer, None, 2)
    rest = await experience.entries(customer, first[-1].id, 10)
    assert [entry.amount for entry in (*first, *rest)] == [5, 4, 3, 2, 1]


async def test_stored_ranks_follow_the_table() -> None:
    await publish_levels(0, 100, 500)
    people = await new_customers(3)
    await earn(*(Earning(one, 150 * place, f"grant:{one}", "完成任务") for place, one in enumerate(people)))
    before = dict(await database.fetch("SELECT customer_id, change_no FROM experience_account"))
    await publish_levels(0, 50, 150, 1000)
    assert [await rank_of(customer) for customer in people] == [0, 2, 2]
    after = dict(await database.fetch("SELECT customer_id, change_no FROM experience_account"))
    assert [after[one] > before[one] for one in people] == [False, True, True]


async def test_a_table_goes_live_only_when_nobody_is_earning_by_the_old_one() -> None:
    [customer] = await new_customers()
    async with database.transaction() as connection:
        await customers.lock(connection, [customer])
        await experience.add(connection, [Earning(customer, 60, "grant:1", "完成任务")])
        # In a context of its own: what starts here would join this transaction.
        publishing = asyncio.create_task(publish_levels(0, 50), context=contextvars.Context())
        done, _ = await asyncio.wait([publishing], timeout=0.5)
        assert not done
    await publishing
    assert await rank_of(customer) == 1


async def test_only_the_default_table_applies() -> None:
    await publish_levels(0, 10, code="winter")
    [customer] = await new_customers()
    await earn(Earning(customer, 100, "grant:1", "完成任务"))
    assert ((await experience.standing(customer)).version, await rank_of(customer)) == (0, 0)


async def test_without_a_live_table_the_one_built_in_applies() -> None:
    await publish_levels(0, 10)
    [customer] = await new_customers()
    await earn(Earning(customer, 100, "grant:1", "完成任务"))
    await approvals.end(LEVEL_TABLES, "default", MAKER)
    await experience.catalogue.refresh()
    assert (await experience.standing(customer)).current.name == "普通会员"


async def test_balances_are_the_sum_and_levels_fit_whatever_happens_at_once() -> None:
    await publish_levels(0, 100, 200)
    people = await new_customers(6)
    chance = random.Random(7)

    async def earn_some(number: int) -> None:
        mine = chance.sample(people, 3)
        entries = [Earning(one, chance.randint(-30, 60), f"grant:{one}:{number % 12}", "完成任务") for one in mine]
        await earn(*entries)

    await asyncio.gather(*(earn_some(number) for number in range(30)), publish_levels(0, 40, 90))
    await asyncio.gather(*(earn_some(number) for number in range(30, 40)))
    assert await database.fetch(WRONG_SUM) == []
    assert await database.fetch(WRONG_RANK, [0, 40, 90]) == []
