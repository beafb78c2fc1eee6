"""Claiming in the coupon centre: each request once, every ceiling exact, whoever comes at the same time."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from domain import approvals, coupons, customers
from domain.coupons import TEMPLATES, ClaimedCoupon, OfferClaim
from kit import clock, database
from kit.errors import BadInput, Conflict, NotFound, RuleViolated
from tests.domain.coupons.rushing import in_processes, outcome_of, rush
from tests.domain.coupons.stage import CHECKER, broken, issue_one, new_customers, publish_template
from tests.domain.tasks.making import overtaken
from tests.domain.tasks.time_machine import TimeMachine, time_machine

__all__ = ["time_machine"]
pytestmark = pytest.mark.usefixtures("database")


async def centre(code: str, *, window: dict[str, str] | None = None, **changes: object) -> None:
    await publish_template(code, issue={"centre": True, **(window or {})}, **changes)


async def claim(customer_id: int, template: str, key: str | None = "k") -> ClaimedCoupon:
    [answer] = await coupons.claim_offer([OfferClaim(customer_id, template, key)])
    if isinstance(answer, Exception):
        raise answer
    return answer


async def issued(template: str) -> tuple[int, int]:
    """What the counter says, and how many there are."""
    counted = await database.fetchval("SELECT issued FROM coupon_stock WHERE template = $1", template)
    return counted, await database.fetchval("SELECT count(*) FROM coupon WHERE template = $1", template)


async def test_a_claim_makes_a_coupon_of_the_live_version() -> None:
    await centre("free7")
    [customer] = await new_customers()
    made = await claim(customer, "free7")
    assert made.created
    record = await coupons.read(customer, made.coupon.id)
    assert record.coupon == made.coupon
    assert await broken() == {}


async def test_the_same_request_is_the_same_coupon_for_ever() -> None:
    await centre("free7", per_person=1, stock=1)
    [customer] = await new_customers()
    first = await claim(customer, "free7", "tap-1")
    async with database.transaction() as connection:
        await coupons.void(connection, [first.coupon.id], "test")
    await approvals.end(TEMPLATES, "free7", CHECKER)
    again = await claim(customer, "free7", "tap-1")
    assert (again.coupon.id, again.coupon.state, again.created) == (first.coupon.id, "voided", False)
    with pytest.raises(NotFound, match=r"coupon\.not_offered"):
        await claim(customer, "free7", "tap-2")
    assert await issued("free7") == (1, 1)


async def test_a_repeat_in_the_same_batch_is_the_same_coupon() -> None:
    await centre("free7", per_person=3)
    [customer] = await new_customers()
    answers = await coupons.claim_offer([OfferClaim(customer, "free7", key) for key in ("a", "a", "b", "a")])
    assert [isinstance(one, ClaimedCoupon) and one.created for one in answers] == [True, False, True, False]
    ids = [one.coupon.id for one in answers if isinstance(one, ClaimedCoupon)]
    assert ids[0] == ids[1] == ids[3] != ids[2]


async def test_a_key_belongs_to_its_customer_and_its_template() -> None:
    await centre("one")
    await centre("other")
    first, second = await new_customers(2)
    made = [await claim(*asked) for asked in ((first, "one"), (first, "other"), (second, "one"))]
    assert len({one.coupon.id for one in made}) == 3
    assert [one.coupon.customer_id for one in made] == [first, first, second]


async def test_another_key_beyond_the_personal_cap_is_refused_whatever_the_coupons_came_from() -> None:
    await centre("free7", per_person=2)
    [customer] = await new_customers()
    await issue_one(customer, "free7")
    await claim(customer, "free7", "a")
    with pytest.raises(Conflict, match=r"coupon\.personal_cap"):
        await claim(customer, "free7", "b")


async def test_stock_and_day_have_their_own_refusals(time_machine: TimeMachine) -> None:
    await centre("rare", stock=3, daily_cap=2)
    everyone = await new_customers(5)
    answers = await coupons.claim_offer([OfferClaim(customer, "rare", "k") for customer in everyone])
    assert [outcome_of(answer) for answer in answers[2:]] == ["coupon.daily_cap"] * 3
    time_machine(days=1)
    answers = await coupons.claim_offer([OfferClaim(customer, "rare", "k") for customer in everyone])
    assert [isinstance(one, ClaimedCoupon) and one.created for one in answers] == [False, False, True, False, False]
    assert [outcome_of(answer) for answer in answers[3:]] == ["coupon.out_of_stock"] * 2
    assert await issued("rare") == (3, 3)


async def test_outside_the_window_the_words_say_on_which_side() -> None:
    day = timedelta(days=1)
    await centre("soon", window={"from": (clock.now() + day).isoformat()})
    await centre("over", window={"until": (clock.now() - day).isoformat()})
    [customer] = await new_customers()
    for template, words in (("soon", "还没到"), ("over", "已经结束")):
        with pytest.raises(RuleViolated, match=words) as refused:
            await claim(customer, template)
        assert refused.value.code == "coupon.outside_issue_window"


async def test_what_the_centre_does_not_show_cannot_be_claimed() -> None:
    await publish_template("reward-only")
    [customer] = await new_customers()
    for template in ("reward-only", "unheard-of"):
        with pytest.raises(NotFound, match=r"coupon\.not_offered"):
            await claim(customer, template)
    assert await issued("reward-only") == (0, 0)


async def test_without_a_key_the_customer_has_one_or_is_asked_for_one() -> None:
    await centre("one", per_person=1)
    await centre("many", per_person=None)
    [customer] = await new_customers()
    first, again = await claim(customer, "one", None), await claim(customer, "one", None)
    assert (again.coupon.id, first.created, again.created) == (first.coupon.id, True, False)
    with pytest.raises(BadInput, match="Idempotency-Key"):
        await claim(customer, "many", None)
    # Once more than one is allowed, a repeat without a key still means the one there is.
    await centre("one", per_person=2)
    assert (await claim(customer, "one", None)).coupon.id == first.coupon.id


async def test_one_refused_refuses_no_other() -> None:
    await centre("one")
    first, second = await new_customers(2)
    asked = [(first, "one", "a"), (first, "nothing", "a"), (first, "one", "b"), (second, "one", "a")]
    answers = await coupons.claim_offer([OfferClaim(*one) for one in asked])
    assert [outcome_of(one) if isinstance(one, Exception) else "made" for one in answers] == [
        "made",
        "coupon.not_offered",
        "coupon.personal_cap",
        "made",
    ]


async def test_a_claim_waits_for_a_change_of_the_live_set_and_follows_it() -> None:
    await centre("free7", stock=5)
    [customer] = await new_customers()

    with pytest.raises(NotFound, match=r"coupon\.not_offered"):
        await overtaken(lambda _: publish_template("free7", stock=5), lambda: claim(customer, "free7"))
    assert await issued("free7") == (0, 0)


async def test_the_last_one_is_waited_for_not_given_twice() -> None:
    await centre("last", stock=1)
    first, second = await new_customers(2)

    async def take(connection: database.Connection) -> None:
        await customers.lock(connection, [first])
        await coupons.issue(connection, [coupons.IssueOrder(first, "last", "test:last", "test")])

    with pytest.raises(Conflict, match=r"coupon\.out_of_stock"):
        await overtaken(take, lambda: claim(second, "last"))
    assert await issued("last") == (1, 1)


async def test_the_impatient_claim_once_per_key() -> None:
    await centre("free7", per_person=2, stock=1000)
    everyone = await new_customers(20)
    wanted = [OfferClaim(customer, "free7", key) for _ in range(5) for customer in everyone for key in ("a", "b", "c")]
    queues = await asyncio.gather(rush(wanted), rush(wanted[::-1]))
    outcomes: dict[OfferClaim, set[str]] = {}
    for claims, answers in zip((wanted, wanted[::-1]), queues, strict=True):
        for asked, answer in zip(claims, answers, strict=True):
            outcomes.setdefault(asked, set()).add(outcome_of(answer))
    assert Counter(len(found) for found in outcomes.values()) == {1: 60}, "a request was answered in two ways"
    assert await issued("free7") == (40, 40)
    assert await broken() == {}


async def test_three_processes_give_out_no_more_than_there_is(database: str) -> None:
    await centre("hot", stock=70, daily_cap=60, per_person=1)
    everyone = await new_customers(150)
    outcomes = await in_processes(database, "hot", "same tap", everyone, processes=3)
    for answers in zip(*outcomes, strict=True):
        assert len(set(answers)) == 1, "a customer's request was answered in two ways"
    told = Counter(outcomes[0])
    assert told.pop("coupon.daily_cap") == 90
    assert len(told) == 60
    assert await issued("hot") == (60, 60)
    assert await broken() == {}
