"""What is missing from now on, by when, and in which words."""

import pytest

from domain.tasks.conditions import Span
from domain.tasks.conditions.outlook import missing, until
from domain.tasks.conditions.sentences import missing_text
from tests.domain.tasks.making import Condition, at, compiled, cumulative, leaf_of, special, status

LONG_AGO = Span(at("2020-01-01 00:00"), None)
FUEL = {"in": ["5541"]}


@pytest.mark.parametrize(
    ("condition", "reached", "text"),
    [
        (cumulative("purchase.amount", 30_000, "claim", mcc=FUEL), 21_350, "领取后加油站消费还差 86.50 元"),
        (cumulative("purchase.count", 3, "claim"), 1, "领取后消费还差 2 笔"),
        (special("invite.count", 3), 1, "累计邀请好友还差 2 次"),
        (status("wechat.bound"), 0, "还需要：绑定微信"),
        ({"category": "stream", "item": "purchase", "window": "claim"}, 0, "还需要一笔：领取后消费1笔"),
        (
            {"category": "stream", "item": "purchase", "at_least": 30_000, "window": "claim"},
            20_000,
            "还需要一笔：领取后单笔消费满300元（最高的一笔还差 100.00 元）",
        ),
    ],
)
def test_what_is_missing_is_said_as_the_condition_is(condition: Condition, reached: int, text: str) -> None:
    program = compiled(condition)
    leaf = program.leaves[0]
    assert missing_text(leaf, program.labels[0], leaf.target - reached) == text


def test_what_is_missing_of_days_and_merchants() -> None:
    for condition, text in (
        (cumulative("purchase.days", 3), "累计消费还差 1 天"),
        (cumulative("purchase.merchants", 3), "累计在不同商户消费还差 1 家"),
        (special("sign_in.streak", 3), "连续签到还差 1 天"),
    ):
        program = compiled(condition)
        assert missing_text(program.leaves[0], program.labels[0], 1) == text


def test_last_weeks_sum_does_not_shorten_what_is_missing_this_week() -> None:
    leaf = leaf_of(cumulative("purchase.amount", 30_000, {"calendar": "week"}))
    span, now = Span(at("2026-11-02 00:00"), None), at("2026-11-12 12:00")
    state = {"2026-W45": 25_000, "2026-W46": 10_000}
    assert (leaf.current(state), missing(leaf, state, span, now)) == (25_000, 20_000)
    assert until(leaf, state, span, now) == at("2026-11-16 00:00")


def test_rolling_days_are_missing_until_the_first_of_them_is_too_long_ago() -> None:
    leaf = leaf_of(cumulative("purchase.days", 4, {"rolling_days": 7}))
    span, now = Span(at("2026-11-02 00:00"), at("2026-12-02 00:00")), at("2026-11-12 12:00")
    state = {"2026-11-03": ["2026-11-03"], "2026-11-04": ["2026-11-04"], "2026-11-08": ["2026-11-08"]}
    assert (leaf.current(state), missing(leaf, state, span, now)) == (3, 3)
    assert until(leaf, state, span, now) == at("2026-11-15 00:00")
    assert until(leaf, {}, span, now) == span.expires_at


def test_a_broken_streak_begins_anew() -> None:
    leaf = leaf_of(special("sign_in.streak", 5))
    days = [f"2026-11-{day:02d}" for day in (1, 2, 3, 4, 10, 11)]
    assert leaf.current({"": days}) == 4
    assert missing(leaf, {"": days}, LONG_AGO, at("2026-11-12 12:00")) == 3
    assert missing(leaf, {"": days}, LONG_AGO, at("2026-11-13 12:00")) == 5
