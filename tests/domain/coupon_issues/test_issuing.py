"""An approved issue reaches each of its customers once, and does at each bound what it says."""

import asyncio
import contextvars
from datetime import timedelta

import asyncpg
import pytest

from domain import coupon_issues, customers
from domain.coupon_issues import IssueState, members
from kit import clock, database
from tests.domain.campaigns.stage import campaign
from tests.domain.coupon_issues.stage import owners, running, worked, wrong
from tests.domain.coupons.stage import MAKER, issue_one, new_customers, publish_template
from tests.domain.tasks.time_machine import TimeMachine

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def small_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sets of three, so that an issue has several."""
    monkeypatch.setattr(members, "SET", 3)


async def test_everybody_gets_one_in_sets() -> None:
    await publish_template("free7")
    people = await new_customers(7)
    issue = await running()
    assert (issue.state, issue.total) == (IssueState.RUNNING, 7)
    assert await coupon_issues.issue_next_set() == 1
    half = await coupon_issues.progress(issue.id)
    assert (half.issued, half.remaining, half.state) == (3, 4, IssueState.RUNNING)
    done = await worked(issue.id)
    assert (done.state, done.issued, done.remaining) == (IssueState.DONE, 7, 0)
    assert done.per_second is not None
    assert done.per_second > 0
    assert await owners(issue.id) == sorted(people)
    assert await coupon_issues.issue_next_set() == 0
    assert await wrong() == []


async def test_who_has_their_share_is_counted_as_passed_over() -> None:
    await publish_template("free7")
    people = await new_customers(5)
    await issue_one(people[1], "free7")
    await issue_one(people[4], "free7")
    done = await worked((await running()).id)
    assert (done.state, done.issued, done.skipped) == (IssueState.DONE, 3, {"coupon.personal_cap": 2})
    assert await wrong() == []


async def test_without_stock_it_pauses_and_goes_on_where_it_stopped_when_there_is_more() -> None:
    await publish_template("free7", stock=4)
    await new_customers(7)
    stopped = await worked((await running()).id)
    assert (stopped.state, stopped.held_by, stopped.issued) == (IssueState.PAUSED, "coupon.out_of_stock", 4)
    assert await wrong() == []
    await publish_template("free7", stock=10)
    assert (await worked(stopped.id)).issued == 4
    await coupon_issues.resume(MAKER, stopped.id)
    done = await worked(stopped.id)
    assert (done.state, done.held_by, done.issued, done.skipped) == (IssueState.DONE, None, 7, {})
    assert await wrong() == []


async def test_at_the_daily_cap_it_waits_for_tomorrow(time_machine: TimeMachine) -> None:
    await publish_template("free7", daily_cap=4)
    await new_customers(10)
    waiting = await worked((await running()).id)
    midnight = clock.start_of_day(clock.today() + timedelta(days=1))
    assert (waiting.state, waiting.held_by, waiting.due_at) == (IssueState.RUNNING, "coupon.daily_cap", midnight)
    assert waiting.issued == 4
    for expected in (8, 10):
        time_machine(days=1)
        waiting = await worked(waiting.id)
        assert waiting.issued == expected
    assert waiting.state == IssueState.DONE
    assert await wrong() == []


async def test_at_the_daily_cap_it_ends_where_that_was_chosen() -> None:
    await publish_template("free7", daily_cap=4)
    await new_customers(10)
    ended = await worked((await running(at_daily_cap="end")).id)
    assert (ended.state, ended.held_by, ended.issued, ended.remaining) == (IssueState.ENDED, "coupon.daily_cap", 4, 6)
    assert await wrong() == []


async def test_it_waits_for_the_window_and_ends_with_it(time_machine: TimeMachine) -> None:
    opens = clock.now() + timedelta(hours=1)
    window = {"from": opens.isoformat(), "until": (opens + timedelta(hours=1)).isoformat()}
    await publish_template("free7", issue=window, daily_cap=4)
    await new_customers(6)
    waiting = await worked((await running()).id)
    assert (waiting.held_by, waiting.due_at, waiting.issued) == ("coupon.outside_issue_window", opens, 0)
    time_machine(hours=1)
    assert (await worked(waiting.id)).issued == 4
    time_machine(days=1)
    ended = await worked(waiting.id)
    assert (ended.state, ended.held_by, ended.issued) == (IssueState.ENDED, "coupon.outside_issue_window", 4)
    assert await wrong() == []


async def test_membership_is_that_of_the_approval() -> None:
    await publish_template("free7")
    people = await new_customers(4)
    issue = await running(audience={"stages": ["base"]})
    await new_customers(2)
    await database.execute("UPDATE customer SET stage = 'payer' WHERE id = $1", people[0])
    await worked(issue.id)
    assert await owners(issue.id) == sorted(people)
    assert await wrong() == []


async def test_visitors_get_nothing() -> None:
    await publish_template("free7")
    [person] = await new_customers(1)
    await database.execute("INSERT INTO customer (name, stage, created_at) VALUES ('', 'base', now())")
    issue = await running()
    await worked(issue.id)
    assert await owners(issue.id) == [person]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"stages": ["payer", "credit"]}, {"payer", "credit"}),
        ({"branches": ["SH"]}, {"payer", "ranked"}),
        ({"branches": ["SH"], "stages": ["payer"]}, {"payer"}),
        ({"card_products": ["young"]}, {"credit"}),
        ({"min_level": 2}, {"ranked"}),
        ({"min_level": 1}, {"ranked", "low"}),
    ],
)
async def test_an_audience_is_who_is_all_of_it(asked: dict[str, object], expected: set[str]) -> None:
    await publish_template("free7")
    names = ["payer", "credit", "ranked", "low"]
    ids = dict(zip(names, await new_customers(4), strict=True))
    await database.execute("UPDATE customer SET stage = 'payer', branch = 'SH' WHERE id = $1", ids["payer"])
    await database.execute("UPDATE customer SET stage = 'credit', card_product = 'young' WHERE id = $1", ids["credit"])
    await database.execute("UPDATE customer SET branch = 'SH' WHERE id = $1", ids["ranked"])
    for name, rank in (("ranked", 2), ("low", 1)):
        await database.execute(
            """INSERT INTO experience_account (customer_id, balance, rank, rank_since, earned, change_no)
               VALUES ($1, 0, $2, now(), 0, 1)""",
            ids[name],
            rank,
        )
    issue = await running(audience=asked)
    assert issue.total == len(expected)
    await worked(issue.id)
    assert set(await owners(issue.id)) == {ids[name] for name in expected}


async def test_two_issues_take_turns_and_share_the_stock() -> None:
    await publish_template("free7", stock=8, per_person=None)
    await new_customers(6)
    first, second = await running(), await running()
    await coupon_issues.issue_next_set()
    await coupon_issues.issue_next_set()
    assert [(await coupon_issues.progress(one.id)).issued for one in (first, second)] == [3, 3]
    await worked(first.id)
    ends = [await coupon_issues.progress(one.id) for one in (first, second)]
    assert sum(one.issued for one in ends) == 8
    assert [one.held_by for one in ends if one.state == IssueState.PAUSED] == ["coupon.out_of_stock"] * len(
        [one for one in ends if one.remaining]
    )
    assert await wrong() == []


async def test_a_set_that_fails_leaves_nothing_behind() -> None:
    await publish_template("free7")
    [person, *_] = await new_customers(4)
    issue = await running()
    await database.execute(
        """INSERT INTO coupon (template, version_id, customer_id, state, source, valid_from, valid_until, issued_at,
                               change_no)
           SELECT 'other', max(id), $1, 'unused', $2, now(), now(), now(), 1 FROM configuration""",
        person,
        f"issue:{issue.id}:{person}",
    )
    with pytest.raises(asyncpg.UniqueViolationError):
        await coupon_issues.issue_next_set()
    stuck = await coupon_issues.progress(issue.id)
    assert (stuck.issued, stuck.number, stuck.state) == (0, 0, IssueState.RUNNING)
    assert await database.fetchval("SELECT issued FROM coupon_stock WHERE template = 'free7'") == 0


async def test_change_numbers_are_drawn_under_the_customers_locks() -> None:
    """A page that has seen everything up to a number never misses a coupon of a set that commits later."""
    await publish_template("free7")
    [person, *_] = await new_customers(2)
    await running()
    async with database.transaction() as connection:
        await customers.lock(connection, [person])
        # In a context of its own, so that the worker's transaction is not a part of this one.
        working = asyncio.create_task(coupon_issues.issue_next_set(), context=contextvars.Context())
        await asyncio.sleep(0.1)
        assert not working.done()
    assert await working == 1
    assert await coupon_issues.issue_next_set() == 0


async def test_the_money_of_a_day_is_waited_for_and_that_of_a_campaign_pauses(time_machine: TimeMachine) -> None:
    await campaign(400, daily_fen=200)
    await publish_template("free7", campaign="autumn", cost_fen=50)
    await new_customers(10)
    waiting = await worked((await running()).id)
    assert (waiting.issued, waiting.held_by, waiting.state) == (4, "budget.day_exhausted", IssueState.RUNNING)
    time_machine(days=1)
    assert (await worked(waiting.id)).issued == 8
    time_machine(days=1)
    paused = await worked(waiting.id)
    assert (paused.issued, paused.held_by, paused.state) == (8, "budget.exhausted", IssueState.PAUSED)
    await campaign(1_000, daily_fen=200)
    await coupon_issues.resume(MAKER, paused.id)
    assert (await worked(paused.id)).state == IssueState.DONE
    assert await wrong() == []


async def test_a_branch_without_money_is_passed_over(time_machine: TimeMachine) -> None:
    await campaign(1_000, branches={"SH": 100})
    await publish_template("free7", campaign="autumn", cost_fen=50)
    people = await new_customers(8)
    await database.execute("UPDATE customer SET branch = 'SH' WHERE id = ANY($1::bigint[])", people[:4])
    done = await worked((await running()).id)
    assert (done.state, done.issued, done.skipped) == (IssueState.DONE, 6, {"budget.branch_exhausted": 2})
    assert await wrong() == []
