"""What the coupon centre shows, and what it says of each offer."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from domain import coupons
from domain.coupons import CouponTemplate, Left, OfferState, offer_rules
from domain.coupons.offer_rules import Counted
from kit import clock
from tests.domain.coupons.stage import document, issue_one, new_customers, publish_template

NOW = datetime(2026, 11, 3, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)


def template(**changes: object) -> CouponTemplate:
    return msgspec.convert(document(**changes), CouponTemplate)


@pytest.mark.parametrize(
    ("changes", "counted", "state", "left"),
    [
        ({}, Counted(0, 0, 0), OfferState.OPEN, Left.PLENTY),
        ({"stock": 100}, Counted(90, 0, 0), OfferState.OPEN, Left.PLENTY),
        ({"stock": 100}, Counted(91, 0, 0), OfferState.OPEN, Left.FEW),
        ({"stock": 100}, Counted(100, 0, 0), OfferState.OUT, Left.NONE),
        ({"stock": 100, "daily_cap": 10}, Counted(50, 10, 0), OfferState.OUT_TODAY, Left.NONE),
        ({"stock": 100, "daily_cap": 20}, Counted(50, 19, 0), OfferState.OPEN, Left.FEW),
        ({"stock": 100, "daily_cap": 10}, Counted(100, 10, 0), OfferState.OUT, Left.NONE),
        ({"per_person": 2}, Counted(9, 9, 2), OfferState.CLAIMED, Left.PLENTY),
        ({"per_person": 2, "stock": 9}, Counted(9, 9, 2), OfferState.CLAIMED, Left.NONE),
        ({"per_person": None}, Counted(9, 9, 9), OfferState.OPEN, Left.PLENTY),
        ({"issue": {"from": (NOW + HOUR).isoformat()}}, Counted(0, 0, 0), OfferState.UPCOMING, Left.PLENTY),
        ({"issue": {"from": NOW.isoformat()}}, Counted(0, 0, 0), OfferState.OPEN, Left.PLENTY),
    ],
)
def test_the_state_of_an_offer(changes: dict[str, object], counted: Counted, state: OfferState, left: Left) -> None:
    definition = template(**changes)
    assert offer_rules.state_of(definition, counted, NOW) == state
    assert offer_rules.left_of(definition, counted) == left


@pytest.mark.parametrize(
    ("changes", "over"),
    [
        ({}, False),
        ({"issue": {"until": (NOW + HOUR).isoformat()}}, False),
        ({"issue": {"until": NOW.isoformat()}}, True),
        ({"validity": {"mode": "fixed", "from": (NOW - HOUR).isoformat(), "until": NOW.isoformat()}}, True),
    ],
)
def test_what_is_over_for_good(changes: dict[str, object], over: bool) -> None:
    assert offer_rules.is_over(template(**changes), NOW) is over


def test_validity_in_words() -> None:
    fixed = {"mode": "fixed", "from": "2026-11-03T00:00:00+08:00", "until": "2026-12-01T00:00:00+08:00"}
    later = {"mode": "dynamic", "effective_after_days": 2, "days": 7}
    assert coupons.validity_text(template()) == "领取后30天内有效"
    assert coupons.validity_text(template(validity=later)) == "领取2天后生效，7天内有效"
    assert coupons.validity_text(template(validity=fixed)) == "2026年11月3日起，2026年12月1日前有效"


def test_a_source_names_one_request_and_fits_its_column() -> None:
    longest = 2**63 - 1
    asked = [(longest, "a", "k"), (longest, "a", "k2"), (longest, "a", None), (longest, "b", "k"), (1, "a", "k")]
    sources = {offer_rules.source_of(*one) for one in asked}
    assert len(sources) == 5
    assert max(map(len, sources)) <= 70
    # What ends one part cannot be taken for the beginning of the next.
    assert offer_rules.source_of(1, "a", "b") != offer_rules.source_of(1, "ab", "")


async def test_the_centre_shows_what_is_on_or_ahead_the_newest_first(database: str) -> None:
    now = clock.now()
    await publish_template("open", issue={"centre": True})
    await publish_template("hidden")
    await publish_template("over", issue={"centre": True, "until": now.isoformat()})
    await publish_template("soon", issue={"centre": True, "from": (now + HOUR).isoformat()}, per_person=3)
    [customer] = await new_customers()
    soon, opened = await coupons.offers(customer, None, 10)
    assert (soon.template.code, soon.state, soon.reason) == ("soon", OfferState.UPCOMING, "还没到领取时间")
    assert soon.opens_in_seconds is not None
    assert 3500 < soon.opens_in_seconds <= 3601
    assert (opened.template.code, opened.state, opened.reason, opened.opens_in_seconds) == ("open", "open", None, None)
    assert [one.template.code for one in await coupons.offers(customer, soon.template.version_id, 10)] == ["open"]


async def test_coupons_from_elsewhere_count_against_the_person(database: str) -> None:
    await publish_template("open", issue={"centre": True}, stock=20)
    holder, other = await new_customers(2)
    await issue_one(holder, "open")
    [his], [theirs] = await coupons.offers(holder, None, 10), await coupons.offers(other, None, 10)
    assert (his.state, his.held, theirs.state, theirs.held) == (OfferState.CLAIMED, 1, OfferState.OPEN, 0)
