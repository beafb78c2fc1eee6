"""From when until when a coupon is valid, to the microsecond and in the business day of Shanghai."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from domain.coupons import Coupon, CouponState, CouponTemplate, Template, rules, why_not_valid
from tests.domain.coupons.stage import document

TICK = timedelta(microseconds=1)
LATE = datetime(2026, 12, 31, 15, 59, 59, 999_999, tzinfo=UTC)
"""The last moment of the year in Shanghai, where it is not yet the last day in Greenwich."""


def template(**changes: Any) -> CouponTemplate:
    return msgspec.convert(document(**changes), CouponTemplate)


def dynamic(after: int, days: int) -> CouponTemplate:
    return template(validity={"mode": "dynamic", "effective_after_days": after, "days": days})


@pytest.mark.parametrize(
    ("after", "days", "issued_at", "begins", "ends"),
    [
        (0, 1, LATE, LATE, LATE + timedelta(days=1)),
        (3, 7, LATE, LATE + timedelta(days=3), LATE + timedelta(days=10)),
        (
            0,
            30,
            datetime(2028, 2, 28, 16, tzinfo=UTC),
            datetime(2028, 2, 28, 16, tzinfo=UTC),
            datetime(2028, 3, 29, 16, tzinfo=UTC),
        ),
    ],
)
def test_a_coupon_is_effective_so_many_days_after_its_issue_for_so_many_days(
    after: int, days: int, issued_at: datetime, begins: datetime, ends: datetime
) -> None:
    assert rules.validity_of(dynamic(after, days), issued_at) == (begins, ends)


def held(begins: datetime, ends: datetime) -> Coupon:
    free = Template("free7", 1, template())
    return Coupon(1, 1, free, CouponState.UNUSED, begins, ends, begins, None, None)


def test_a_coupon_can_be_used_from_its_first_moment_until_before_its_last() -> None:
    begins, ends = rules.validity_of(dynamic(1, 2), LATE)
    coupon = held(begins, ends)
    reasons = [why_not_valid(coupon, moment) for moment in (begins - TICK, begins, ends - TICK, ends)]
    assert [reason and reason[0] for reason in reasons] == ["coupon.not_yet_valid", None, None, "coupon.expired"]
    assert reasons[0] == ("coupon.not_yet_valid", "2027年1月1日起可用")


def test_a_fixed_validity_is_the_same_for_all_and_ends_the_issue() -> None:
    midnight = datetime(2026, 12, 31, 16, tzinfo=UTC)
    fixed = template(
        validity={"mode": "fixed", "from": "2026-12-01T00:00:00+08:00", "until": "2027-01-01T00:00:00+08:00"}
    )
    assert rules.validity_of(fixed, LATE) == (datetime(2026, 11, 30, 16, tzinfo=UTC), midnight)
    assert [rules.may_be_issued(fixed, moment) for moment in (midnight - TICK, midnight)] == [True, False]


def test_a_window_given_in_another_zone_is_the_same_window() -> None:
    windows = [
        template(issue={"from": begins, "until": "2027-01-01T00:00:00+08:00"})
        for begins in ("2026-12-31T23:00:00+08:00", "2026-12-31T15:00:00Z", "2026-12-31T10:00:00-05:00")
    ]
    first = datetime(2026, 12, 31, 15, tzinfo=UTC)
    for window in windows:
        moments = (first - TICK, first, LATE, LATE + TICK)
        assert [rules.may_be_issued(window, moment) for moment in moments] == [False, True, True, False]


@pytest.mark.parametrize(
    ("left", "today", "expected"),
    [
        (5, 0, (5, "coupon.out_of_stock")),
        (5, 7, (3, "coupon.daily_cap")),
        (3, 7, (3, "coupon.out_of_stock")),
        (5, 10, (0, "coupon.daily_cap")),
        (5, 11, (0, "coupon.daily_cap")),
        (0, 10, (0, "coupon.out_of_stock")),
    ],
)
def test_the_nearer_bound_is_the_one_that_is_named(left: int, today: int, expected: tuple[int, str]) -> None:
    assert rules.room(template(daily_cap=10), left, today) == expected
