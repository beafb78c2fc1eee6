"""Which days may be played, who takes part, and how a task that is planned for later is laid over them."""

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from domain.simulation.definition import ForecastRequest
from domain.simulation.rules import MOST_DAYS, faults_of, laid_over, would_claim

TODAY = date(2026, 11, 26)


def asked(since: str, until: str) -> ForecastRequest:
    return ForecastRequest(date.fromisoformat(since), date.fromisoformat(until))


@pytest.mark.parametrize(
    ("since", "until", "codes"),
    [
        ("2026-11-25", "2026-11-25", []),
        ("2026-08-26", "2026-11-25", []),
        ("2026-08-25", "2026-11-25", ["forecast.too_long"]),
        ("2026-11-20", "2026-11-26", ["forecast.not_over"]),
        ("2026-11-20", "2026-11-19", ["forecast.no_days"]),
    ],
)
def test_only_days_that_are_over_and_at_most_92_of_them(since: str, until: str, codes: list[str]) -> None:
    assert MOST_DAYS == 92
    assert [fault.code for fault in faults_of(asked(since, until), TODAY)] == codes


@pytest.mark.parametrize("share", ["-0.1", "1.1", "1.00001", "0.12345", "a", "", "01"])
def test_a_share_lies_between_nobody_and_everybody(share: str) -> None:
    days = {"from": "2026-10-01", "until": "2026-10-02"}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**days, "claim_share": share}, ForecastRequest)


def test_a_larger_share_has_everybody_of_a_smaller_one() -> None:
    taking = {
        share: {one for one in range(10_000) if would_claim("fuel", one, Decimal(share))} for share in ("0.1", "0.35")
    }
    assert taking["0.1"] < taking["0.35"]
    assert 900 < len(taking["0.1"]) < 1_100
    assert 3_300 < len(taking["0.35"]) < 3_700
    assert all(would_claim("fuel", one, Decimal("1")) for one in range(1_000))
    assert not any(would_claim("fuel", one, Decimal("0")) for one in range(1_000))


def leaf(window: Any) -> dict[str, Any]:
    return {"category": "cumulative", "item": "purchase.count", "at_least": 1, "window": window}


def test_what_is_planned_for_later_is_laid_over_the_days_with_all_its_dates() -> None:
    window = {"from": "2026-12-05T00:00:00+08:00", "until": "2026-12-12T00:00:00+08:00"}
    body = {
        "claim": {"from": "2026-12-01T10:00:00+08:00", "until": "2026-12-31T00:00:00+08:00", "places": 5},
        "content": {"any": [leaf(window), {"all": [leaf({"rolling_days": 3}), leaf(window)]}]},
    }
    moved, days = laid_over(body, date(2026, 10, 1), date(2026, 10, 31))
    assert days == 61
    assert moved["claim"] == {
        "from": "2026-10-01T10:00:00+08:00",
        "until": "2026-10-31T00:00:00+08:00",
        "places": 5,
    }
    then = {"from": "2026-10-05T00:00:00+08:00", "until": "2026-10-12T00:00:00+08:00"}
    assert moved["content"] == {"any": [leaf(then), {"all": [leaf({"rolling_days": 3}), leaf(then)]}]}
    assert body["content"]["any"][0]["window"] is window


def test_without_a_beginning_the_first_date_of_a_condition_is_the_first_day() -> None:
    window = {"from": "2026-12-05T00:00:00+08:00", "until": "2026-12-12T00:00:00+08:00"}
    moved, days = laid_over({"content": leaf(window)}, date(2026, 10, 1), date(2026, 10, 31))
    assert (days, moved["content"]["window"]["from"]) == (65, "2026-10-01T00:00:00+08:00")


@pytest.mark.parametrize("begins", [None, "2026-10-31T23:00:00+08:00", "2026-01-01T00:00:00+08:00"])
def test_what_has_begun_by_then_stays_as_it_is(begins: str | None) -> None:
    body = {"claim": {"from": begins}, "content": leaf("claim")}
    assert laid_over(body, date(2026, 10, 1), date(2026, 10, 31)) == (body, 0)
