"""Coupons of the centre for an audience: shown to it, given to it, told to it."""

from datetime import timedelta

import pytest

from domain import coupons, customers
from domain.coupons import ClaimedCoupon, Issued, IssueOrder, OfferClaim
from domain.messages import MESSAGE_TEMPLATES, inbox
from kit import clock
from kit.errors import Conflict, NotFound, RuleViolated
from tests.domain.coupons.stage import document, issue, publish, publish_template
from tests.domain.coupons.test_reminders import OPENING
from tests.domain.tasks.among import audience, worked_out
from tests.domain.tasks.time_machine import TimeMachine, time_machine

__all__ = ["time_machine"]
IN, OUT = "IN", "OUT"


@pytest.fixture
async def people(database: str) -> dict[str, int]:
    """One of the audience, one who is not."""
    await audience("payers", IN)
    return await customers.ids_of([IN, OUT])


async def shown(people: dict[str, int]) -> list[str]:
    return [who for who, customer_id in people.items() if await coupons.offers(customer_id, None, 10)]


async def claimed(*claims: OfferClaim) -> list[str]:
    return [
        ("given" if one.created else "again") if isinstance(one, ClaimedCoupon) else str(getattr(one, "code", one))
        for one in await coupons.claim_offer(claims)
    ]


async def test_the_centre_has_it_for_the_audience(people: dict[str, int]) -> None:
    await publish_template("free7", issue={"centre": True, "audience": "payers"})
    assert await shown(people) == [IN]
    [refused] = await coupons.claim_offer([OfferClaim(people[OUT], "free7")])
    assert isinstance(refused, Conflict)
    assert (refused.code, refused.message) == ("coupon.not_for_you", "这张券仅限指定客户领取")
    assert await claimed(*(OfferClaim(people[who], "free7") for who in (OUT, IN))) == ["coupon.not_for_you", "given"]


async def test_who_is_excluded_is_not_offered_it(people: dict[str, int]) -> None:
    await publish_template("free7", issue={"centre": True, "exclude": "payers"})
    assert await shown(people) == [OUT]
    assert await claimed(OfferClaim(people[IN], "free7")) == ["coupon.not_for_you"]


async def test_a_repeat_gets_what_it_has_though_they_belong_no_more(people: dict[str, int]) -> None:
    await publish_template("free7", issue={"centre": True, "audience": "payers"})
    assert await claimed(OfferClaim(people[IN], "free7")) == ["given"]
    await worked_out("payers")
    assert await claimed(OfferClaim(people[IN], "free7")) == ["again"]
    assert await shown(people) == []


async def test_what_is_given_in_any_other_way_is_not_bound_by_it(people: dict[str, int]) -> None:
    await publish_template("free7", issue={"centre": True, "audience": "payers"})
    [given] = await issue(IssueOrder(people[OUT], "free7", "test:any", "test"))
    assert isinstance(given, Issued)


async def test_of_an_opening_those_are_told_who_can_have_it(people: dict[str, int], time_machine: TimeMachine) -> None:
    await publish(MESSAGE_TEMPLATES, "opening", OPENING)
    await worked_out("payers", IN, OUT)
    opens = clock.local_text(clock.now() + timedelta(hours=1))
    terms = {"centre": True, "audience": "payers", "from": opens}
    await publish_template("free7", issue=terms, remind={"opening": "opening"})
    for customer_id in people.values():
        await coupons.ask_opening(customer_id, "free7")
    await worked_out("payers", IN)
    with pytest.raises(NotFound):
        await coupons.ask_opening(people[OUT], "free7")
    time_machine(hours=2)
    assert await coupons.remind_opening() == 2
    told = {who: len(await inbox(one, only_unread=False, before=None, limit=9)) for who, one in people.items()}
    assert told == {IN: 1, OUT: 0}


@pytest.mark.parametrize(
    ("issue_terms", "path", "code"),
    [
        ({"centre": True, "audience": "nobody"}, "issue.audience", "audience.unknown_reference"),
        ({"centre": True, "exclude": "nobody"}, "issue.exclude", "audience.unknown_reference"),
        ({"centre": True, "audience": "payers", "exclude": "payers"}, "issue.exclude", "audience.excludes_itself"),
        ({"audience": "payers"}, "issue.audience", "coupon_template.audience"),
    ],
)
async def test_offers_to_nobody_are_refused(
    people: dict[str, int], issue_terms: dict[str, object], path: str, code: str
) -> None:
    with pytest.raises(RuleViolated) as refused:
        await publish(coupons.TEMPLATES, "free7", document(issue=issue_terms))
    assert [(one.path, one.code) for one in refused.value.faults] == [(path, code)]
