"""Costs are reserved, committed and released; every ceiling holds to the fen, whoever comes at the same time."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from domain import approvals, campaigns
from domain.campaigns import CAMPAIGNS, Cost
from kit import clock, database
from tests.domain.campaigns.stage import campaign, commit, customer, entries, pots, release, reserve, today
from tests.domain.coupons.stage import MAKER, new_customers
from tests.domain.tasks.making import overtaken
from tests.domain.tasks.time_machine import TimeMachine

pytestmark = pytest.mark.usefixtures("database")


def cost(customer_id: int, amount_fen: int, source: str, code: str = "autumn") -> Cost:
    return Cost(code, customer_id, amount_fen, source)


async def test_what_is_reserved_is_committed_and_then_released_once_each() -> None:
    await campaign(1_000)
    someone = await customer()
    assert await reserve(cost(someone, 400, "a")) == [None]
    assert await pots() == {"": (400, 0), "HQ": (400, 0)}
    await commit("a")
    await commit("a", "a")
    assert (await pots(), await today()) == ({"": (0, 400), "HQ": (0, 400)}, (0, 400))
    await release("a")
    await release("a")
    assert (await pots(), await today()) == ({"": (0, 0), "HQ": (0, 0)}, (0, 0))
    assert await entries("a") == ["reserve", "commit", "release"]


async def test_the_same_source_is_the_same_reservation() -> None:
    await campaign(1_000)
    someone = await customer()
    assert await reserve(cost(someone, 600, "a"), cost(someone, 600, "a"), cost(someone, 600, "b")) == [
        None,
        None,
        "budget.exhausted",
    ]
    assert await reserve(cost(someone, 600, "a")) == [None]
    assert (await pots())[""] == (600, 0)


async def test_first_come_first_served_to_the_last_fen() -> None:
    await campaign(1_000)
    someone = await customer()
    wanted = [cost(someone, amount, f"s{amount}") for amount in (700, 301, 300, 1)]
    assert await reserve(*wanted) == [None, "budget.exhausted", None, "budget.exhausted"]
    assert (await pots())[""] == (1_000, 0)


async def test_what_is_released_before_it_was_given_can_be_spent_by_others() -> None:
    await campaign(500)
    someone = await customer()
    await reserve(cost(someone, 500, "a"))
    await release("a")
    assert await reserve(cost(someone, 500, "b")) == [None]
    await commit("a")
    assert (await pots())[""] == (500, 0)
    assert await reserve(cost(someone, 1, "a")) == ["budget.released"]


async def test_without_budget_campaign_or_cost_nothing_is_counted() -> None:
    await campaign(None, "free")
    await campaign(10)
    someone = await customer()
    costs = [cost(someone, 99, "a", "free"), cost(someone, 99, "b", "nowhere"), cost(someone, 0, "c")]
    assert await reserve(*costs) == [None, None, None]
    await commit("a", "b", "c")
    assert await database.fetchval("SELECT count(*) FROM budget_entry") == 0


async def test_a_branch_spends_its_share_and_all_others_what_head_office_keeps() -> None:
    await campaign(1_000, branches={"SH": 300, "BJ": 200})
    shanghai, canton, nobody = await customer("SH"), await customer("GZ"), await customer()
    assert await reserve(cost(shanghai, 300, "a"), cost(shanghai, 1, "b")) == [None, "budget.branch_exhausted"]
    assert await reserve(cost(canton, 400, "c"), cost(nobody, 100, "d")) == [None, None]
    assert await reserve(cost(nobody, 1, "e"), cost(canton, 1, "f")) == ["budget.exhausted", "budget.exhausted"]
    assert await pots() == {"": (800, 0), "HQ": (500, 0), "SH": (300, 0), "BJ": (0, 0)}


async def test_a_day_ends_at_midnight_in_shanghai(time_machine: TimeMachine) -> None:
    midnight = clock.start_of_day(clock.today() + timedelta(days=1))
    time_machine(seconds=(midnight - clock.now()).total_seconds() - 30)
    await campaign(1_000, daily_fen=300, branches={"SH": 500}, branch_daily_fen={"SH": 100})
    shanghai, other = await customer("SH"), await customer()
    assert await reserve(cost(shanghai, 100, "a"), cost(shanghai, 1, "b"), cost(other, 200, "c")) == [
        None,
        "budget.day_exhausted",
        None,
    ]
    assert await reserve(cost(other, 1, "d")) == ["budget.day_exhausted"]
    time_machine(seconds=60)
    assert await reserve(cost(shanghai, 100, "b"), cost(other, 200, "d")) == [None, None]
    assert await today() == (300, 0)


async def test_a_release_credits_the_day_of_the_reservation(time_machine: TimeMachine) -> None:
    await campaign(1_000, daily_fen=300)
    someone = await customer()
    await reserve(cost(someone, 300, "a"))
    time_machine(days=1)
    await reserve(cost(someone, 300, "b"))
    await commit("a")
    await release("a")
    assert await today() == (300, 0)
    assert await reserve(cost(someone, 1, "c")) == ["budget.day_exhausted"]
    rows = await database.fetch("SELECT reserved_fen, committed_fen FROM budget_day WHERE branch = '' ORDER BY day")
    assert [tuple(row) for row in rows] == [(0, 0), (300, 0)]


async def test_a_paused_campaign_reserves_nothing_new_but_gives_what_it_promised() -> None:
    await campaign(1_000)
    someone = await customer()
    await reserve(cost(someone, 10, "a"))
    await approvals.pause(CAMPAIGNS, "autumn", MAKER)
    assert await reserve(cost(someone, 10, "b"), cost(someone, 10, "a")) == ["budget.closed", None]
    await commit("a")
    await approvals.resume(CAMPAIGNS, "autumn", MAKER)
    assert await reserve(cost(someone, 10, "b")) == [None]
    await approvals.end(CAMPAIGNS, "autumn", MAKER)
    assert await reserve(cost(someone, 10, "c")) == ["budget.closed"]
    assert (await pots())[""] == (10, 10)


async def test_of_many_at_once_exactly_as_many_as_there_is_money_for() -> None:
    await campaign(1_000, branches={"SH": 350})
    everybody = await new_customers(60)
    await database.execute("UPDATE customer SET branch = 'SH' WHERE id = ANY($1)", everybody[::2])
    answers = await asyncio.gather(*(reserve(cost(one, 50, f"s{one}")) for one in everybody))
    refused = [answer[0] for answer in answers if answer[0]]
    assert sorted(set(refused)) == ["budget.branch_exhausted", "budget.exhausted"]
    assert len(everybody) - len(refused) == 20
    assert await pots() == {"": (1_000, 0), "SH": (350, 0), "HQ": (650, 0)}


async def test_who_comes_while_the_last_of_it_is_being_reserved_gets_nothing() -> None:
    await campaign(100)
    first, second = await customer(), await customer()
    refused = await overtaken(
        lambda connection: campaigns.reserve(connection, [cost(first, 60, "a")]),
        lambda: reserve(cost(second, 60, "b")),
    )
    assert refused == ["budget.exhausted"]


async def test_campaigns_named_in_opposite_orders_do_not_wait_for_each_other_in_a_circle() -> None:
    await campaign(10_000, "a")
    await campaign(10_000, "b")
    one, other = await customer(), await customer()

    async def both(who: int, order: str, number: int) -> None:
        await reserve(*(cost(who, 1, f"{who}:{code}:{number}", code) for code in order))

    await asyncio.gather(*(both(*who, number) for number in range(20) for who in ((one, "ab"), (other, "ba"))))
    assert ((await pots("a"))[""], (await pots("b"))[""]) == ((40, 0), (40, 0))


async def test_the_database_itself_refuses_a_fen_too_much() -> None:
    await campaign(100)
    with pytest.raises(asyncpg.CheckViolationError):
        await database.execute("UPDATE budget_pot SET committed_fen = 60, reserved_fen = 41")
