"""Issuing in sets decides as `rules.Ledger` does order by order, and stops exactly at each bound."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain import approvals, coupons, customers
from domain.coupons import TEMPLATES, SetOrder, SetOutcome, rules
from domain.coupons.catalogue import catalogue
from kit import clock, database
from tests.domain.coupons.stage import MAKER, broken, issue_one, new_customers, publish_template
from tests.domain.tasks.time_machine import TimeMachine, time_machine

__all__ = ["time_machine"]
pytestmark = pytest.mark.usefixtures("database")


async def issue_set(customer_ids: list[int], template: str = "free7", source: str = "set:") -> SetOutcome:
    """As the worker does: in a transaction of its own, under the customers' locks."""
    async with database.transaction() as connection:
        await customers.lock(connection, customer_ids)
        return await coupons.issue_set(connection, SetOrder(template, customer_ids, source, "test"))


async def owners(source: str = "set:") -> list[int]:
    rows = await database.fetch("SELECT customer_id FROM coupon WHERE source LIKE $1 ORDER BY id", f"{source}%")
    return [row[0] for row in rows]


def skipped(capped: int) -> dict[str, int]:
    return {"coupon.personal_cap": capped} if capped else {}


def by_ledger(ledger: rules.Ledger, template: coupons.Template, customer_ids: list[int]) -> SetOutcome:
    """What the ledger of `issue` says, one order after the other, until it refuses for what concerns everybody."""
    issued = capped = 0
    for place, customer_id in enumerate(customer_ids):
        match ledger.take(template, customer_id):
            case None:
                issued += 1
            case "coupon.personal_cap":
                capped += 1
            case refusal:
                return SetOutcome(place, issued, skipped(capped), refusal)
    return SetOutcome(len(customer_ids), issued, skipped(capped))


caps = st.one_of(st.none(), st.integers(1, 8))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(1, 10),
    caps,
    st.one_of(st.none(), st.integers(1, 2)),
    st.lists(st.integers(0, 3), max_size=8),
    st.data(),
)
async def test_a_set_is_decided_as_by_the_ledger(
    stock: int, daily_cap: int | None, per_person: int | None, held: list[int], data: st.DataObject
) -> None:
    code = f"t{await database.fetchval('SELECT nextval($1)', 'change_no')}"
    many = {"stock": 1000, "daily_cap": None, "per_person": None}
    await publish_template(code, **many)
    people = await new_customers(len(held))
    for customer_id, number in zip(people, held, strict=True):
        for _ in range(number):
            await issue_one(customer_id, code)
    out = sum(held)
    before_today = data.draw(st.integers(0, out))
    await database.execute("UPDATE coupon_day SET issued = $2 WHERE template = $1", code, before_today)
    await publish_template(code, stock=out + stock, daily_cap=daily_cap, per_person=per_person)
    await catalogue.refresh()
    template = catalogue.live[code]
    ledger = rules.Ledger(
        {code: stock},
        {code: before_today},
        {(code, customer_id): number for customer_id, number in zip(people, held, strict=True)},
        clock.now(),
    )
    source = f"{code}:"
    assert await issue_set(people, code, source) == by_ledger(ledger, template, people)
    counted = await database.fetchrow(
        "SELECT s.issued, d.issued FROM coupon_stock s LEFT JOIN coupon_day d USING (template) WHERE template = $1",
        code,
    )
    given_now = len(await owners(source))
    assert counted is not None
    assert counted[0] == out + given_now
    assert (counted[1] or 0) == before_today + given_now


async def test_a_coupon_of_a_set_is_like_any_other() -> None:
    await publish_template("free7")
    one, other = await new_customers(2)
    await issue_set([one])
    await issue_one(other, "free7")
    mine, theirs = [(await coupons.wallet(customer, None, None, 10))[0] for customer in (one, other)]
    assert (mine.template, mine.state) == (theirs.template, theirs.state)
    assert mine.valid_until - mine.issued_at == theirs.valid_until - theirs.issued_at == timedelta(days=30)
    assert await broken() == {}


async def test_the_last_of_the_stock_goes_to_the_first_who_may_have_one() -> None:
    await publish_template("free7", stock=3, per_person=1)
    people = await new_customers(5)
    await issue_one(people[1], "free7")
    assert await issue_set(people) == SetOutcome(3, 2, {"coupon.personal_cap": 1}, "coupon.out_of_stock")
    assert await owners() == [people[0], people[2]]
    assert await issue_set(people[3:]) == SetOutcome(0, 0, {}, "coupon.out_of_stock")
    assert await broken() == {}


async def test_who_has_their_share_is_passed_over_even_when_nothing_is_left() -> None:
    await publish_template("free7", stock=2, per_person=1)
    people = await new_customers(2)
    await issue_set(people)
    assert await issue_set(people, source="again:") == SetOutcome(2, 0, {"coupon.personal_cap": 2})


async def test_the_daily_cap_lifts_at_midnight_in_shanghai(time_machine: TimeMachine) -> None:
    await publish_template("free7", daily_cap=2)
    people = await new_customers(3)
    midnight = clock.start_of_day(clock.today() + timedelta(days=1))
    time_machine(seconds=(midnight - clock.now()).total_seconds() - 30)
    assert (await issue_set(people)).stopped_by == "coupon.daily_cap"
    assert (await issue_set(people[2:])).issued == 0
    time_machine(seconds=31)
    assert (await issue_set(people[2:])).issued == 1
    assert await broken() == {}


async def test_the_window_begins_with_its_first_instant_and_ends_before_its_last() -> None:
    begins = clock.now().replace(microsecond=0)
    window = {"from": begins.isoformat(), "until": (begins + timedelta(hours=1)).isoformat()}
    await publish_template("free7", issue=window)
    await catalogue.refresh()
    definition = catalogue.live["free7"].definition
    tick = timedelta(microseconds=1)
    moments = (begins - tick, begins, begins + timedelta(hours=1) - tick, begins + timedelta(hours=1))
    assert [rules.may_be_issued(definition, moment) for moment in moments] == [False, True, True, False]


async def test_a_window_to_come_says_when_it_opens(time_machine: TimeMachine) -> None:
    opens = clock.now() + timedelta(hours=1)
    await publish_template("free7", issue={"from": opens.isoformat()})
    people = await new_customers(1)
    assert await issue_set(people) == SetOutcome(0, 0, {}, "coupon.outside_issue_window", opens)
    time_machine(hours=1)
    assert (await issue_set(people)).issued == 1


async def test_nothing_is_issued_of_what_is_paused() -> None:
    await publish_template("free7")
    await approvals.pause(TEMPLATES, "free7", MAKER)
    assert await issue_set(await new_customers(1)) == SetOutcome(0, 0, {}, "coupon.not_offered")
    assert await broken() == {}
