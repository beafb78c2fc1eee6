"""What is decided of a delivery, and what people who write back mean."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.messages.book import Delivery
from domain.messages.policy import ChannelLimits, MessagePolicy, QuietHours
from domain.messages.replies import refuses
from domain.messages.send_rules import (
    Gate,
    Person,
    admit,
    decide,
    heard,
    new_gate,
    next_day,
    note_sending,
    quiet_until,
    spent,
)
from domain.messages.states import OPEN, DeliveryState
from kit import clock
from tests.domain.tasks.making import at

NOON = at("2026-11-30 12:00")
POLICY = MessagePolicy()
moments = st.integers(0, 366 * 86_400 * 1_000).map(lambda ms: at("2026-01-01 00:00") + timedelta(milliseconds=ms))


def delivery(**changes: Any) -> Delivery:
    plain = Delivery(
        id=1,
        message_id=1,
        customer_id=1,
        position=0,
        channel="sms",
        category="service",
        priority=1,
        loan_offer=False,
        content={"template_id": "T1"},
        state=DeliveryState.WAITING,
        reason=None,
        attempts=0,
        due_at=NOON,
        useful_until=NOON + timedelta(hours=72),
        address=None,
        provider_id=None,
        created_at=NOON,
        asked_at=None,
        sent_at=None,
    )
    return replace(plain, **changes)


def person(**changes: Any) -> Person:
    return replace(Person("C1", "13800000001", True), **changes)


@pytest.mark.parametrize(
    ("changed", "who", "now", "expected"),
    [
        ({}, {}, NOON, ("send", None)),
        ({}, {"customer_no": None}, NOON, ("skip", "no_address")),
        ({}, {"address": None}, NOON, ("skip", "no_address")),
        ({}, {}, NOON + timedelta(hours=72), ("skip", "too_old")),
        ({"category": "marketing"}, {"consents": False}, NOON, ("skip", "no_consent")),
        ({"category": "marketing"}, {"consents": False, "has_refused": True}, NOON, ("skip", "refused")),
        ({}, {"consents": False}, NOON, ("send", None)),
        ({"loan_offer": True}, {"statuses": ["overdue"]}, NOON, ("skip", "overdue")),
        ({}, {"statuses": ["overdue"]}, NOON, ("send", None)),
        ({"channel": "wechat"}, {}, NOON, ("skip", "no_subscription")),
        ({}, {}, at("2026-11-30 22:00"), ("put_off", "quiet_hours")),
        ({"priority": 0}, {}, at("2026-11-30 22:00"), ("send", None)),
        ({"priority": 0, "category": "marketing"}, {}, at("2026-11-30 22:00"), ("put_off", "quiet_hours")),
        ({"category": "marketing"}, {"asked": {2: NOON}}, NOON, ("skip", "too_many_today")),
        # The same message by another channel is not one more.
        ({"category": "marketing"}, {"asked": {1: NOON}}, NOON, ("send", None)),
        ({"category": "marketing"}, {"asked": {2: at("2026-11-29 23:59")}}, NOON, ("send", None)),
        (
            {"category": "marketing"},
            {"asked": {number: NOON - timedelta(days=number) for number in (2, 3, 6)}},
            NOON,
            ("skip", "too_many_this_week"),
        ),
        (
            {"category": "marketing"},
            {"asked": {number: NOON - timedelta(days=number) for number in (2, 3, 7)}},
            NOON,
            ("send", None),
        ),
        # Whoever may have been asked is not sent to twice where the provider could not tell.
        (
            {"channel": "wechat", "state": DeliveryState.SENDING, "asked_at": NOON},
            {},
            NOON,
            ("fail", "outcome_unknown"),
        ),
        (
            {"channel": "wechat_notice", "asked_at": NOON - timedelta(minutes=10)},
            {},
            NOON,
            ("fail", "outcome_unknown"),
        ),
        ({"channel": "wechat_notice", "asked_at": NOON - timedelta(minutes=8)}, {}, NOON, ("send", None)),
        ({"asked_at": NOON, "useful_until": NOON}, {}, NOON, ("fail", "outcome_unknown")),
    ],
)
def test_the_first_rule_that_says_no_is_the_reason(
    changed: dict[str, Any], who: dict[str, Any], now: datetime, expected: tuple[str, str | None]
) -> None:
    verdict = decide(delivery(**changed), [], [], person(**who), POLICY, None, now)
    assert (verdict.what, verdict.reason) == expected


def test_other_channels_decide_too() -> None:
    earlier = delivery(id=2, state=DeliveryState.SENDING, due_at=NOON + timedelta(minutes=5))
    asked = decide(delivery(position=1), [earlier], [], person(), POLICY, None, NOON)
    assert asked == ("put_off", "earlier_channel_asked", NOON + timedelta(minutes=5))
    arrived = replace(earlier, state=DeliveryState.DELIVERED)
    assert decide(delivery(position=1), [arrived], [], person(), POLICY, None, NOON).reason == "not_needed"
    closed = NOON + timedelta(hours=12)
    waits = decide(delivery(), [], [], person(), POLICY, closed, NOON)
    assert (waits.what, waits.until) == ("put_off", closed)
    assert decide(delivery(), [], [delivery(position=1)], person(), POLICY, closed, NOON).what == "skip"


@given(
    now=moments,
    category=st.sampled_from(["service", "marketing"]),
    state=st.sampled_from(OPEN),
    channel=st.sampled_from(["sms", "push", "wechat", "wechat_notice"]),
    priority=st.integers(0, 2),
    consents=st.booleans(),
    known=st.booleans(),
    loan_offer=st.booleans(),
    overdue=st.booleans(),
    days=st.lists(st.integers(0, 8), max_size=5),
    subscriptions=st.integers(0, 2),
)
def test_nothing_unwanted_is_ever_sent(
    now: datetime,
    category: str,
    state: DeliveryState,
    channel: str,
    priority: int,
    consents: bool,
    known: bool,
    loan_offer: bool,
    overdue: bool,
    days: list[int],
    subscriptions: int,
) -> None:
    asked = {number + 2: now - timedelta(days=day) for number, day in enumerate(days)}
    who = Person("C1", "a" if known else None, consents, False, ["overdue"] if overdue else [], asked=dict(asked))
    who.subscriptions = {("a", "T1"): subscriptions}
    one = delivery(
        category=category,
        state=state,
        channel=channel,
        priority=priority,
        loan_offer=loan_offer,
        useful_until=now + timedelta(hours=1),
        asked_at=now if state is DeliveryState.SENDING else None,
    )
    verdict = decide(one, [], [], who, POLICY, None, now)
    assert (verdict.reason is None) == (verdict.what == "send")
    if verdict.what == "put_off":
        assert verdict.until is not None
        assert verdict.until > now
    if verdict.what != "send":
        return
    assert known
    assert consents or category == "service"
    assert not (loan_offer and overdue)
    assert channel != "wechat" or (subscriptions > 0 and state is DeliveryState.WAITING)
    today = [at for at in asked.values() if clock.business_day(at) == clock.business_day(now)]
    assert category == "service" or (not today and quiet_until(POLICY.quiet_hours, now) is None)
    # And the next one of the same customer in the same batch knows of it.
    note_sending(one, who, now)
    if category == "marketing":
        other = decide(replace(one, message_id=99), [], [], who, POLICY, None, now)
        assert other.what != "send"


@given(now=moments, begin=st.integers(0, 1439), until=st.integers(0, 1439))
def test_quiet_hours_end_when_they_say(now: datetime, begin: int, until: int) -> None:
    hours = QuietHours(f"{begin // 60:02d}:{begin % 60:02d}", f"{until // 60:02d}:{until % 60:02d}")
    ends = quiet_until(hours, now)
    if ends is None:
        return
    assert begin != until
    local = ends.astimezone(clock.SHANGHAI)
    assert (local.hour, local.minute, local.second) == (until // 60, until % 60, 0)
    assert timedelta() < ends - now <= timedelta(days=1)
    assert quiet_until(hours, ends) is None
    assert quiet_until(hours, ends - timedelta(microseconds=1)) == ends


def test_the_next_day_is_shanghais() -> None:
    assert next_day(at("2026-11-30 23:59")) == at("2026-12-01 00:00")
    assert next_day(at("2026-12-01 00:00")) == at("2026-12-02 00:00")


@given(
    steps=st.lists(st.tuples(st.floats(0, 3), st.integers(0, 20)), max_size=30),
    rate=st.floats(0.5, 20),
)
def test_no_second_lets_more_through_than_the_rate(steps: list[tuple[float, int]], rate: float) -> None:
    limits = ChannelLimits(per_second=rate)
    now, passed, sent = NOON, 0.0, 0
    gate = new_gate(limits, now)
    for seconds, wanted in steps:
        now, passed = now + timedelta(seconds=seconds), passed + seconds
        allowed, gate = admit(gate, limits, now)
        gate = spent(gate, min(allowed, wanted))
        sent += min(allowed, wanted)
        assert sent <= max(1.0, rate) + passed * rate + 1e-6


def test_a_silent_channel_is_left_alone_and_tried_with_one() -> None:
    limits = ChannelLimits(per_second=10, failures_to_open=3, open_seconds=30)
    gate = heard(new_gate(limits, NOON), limits, [True, False, False], NOON)
    assert admit(gate, limits, NOON)[0] == 10
    gate = heard(gate, limits, [False], NOON)
    assert admit(gate, limits, NOON + timedelta(seconds=29))[0] == 0
    allowed, tried = admit(gate, limits, NOON + timedelta(seconds=31))
    assert (allowed, admit(tried, limits, NOON + timedelta(seconds=32))[0]) == (1, 0)
    assert admit(heard(tried, limits, [True], NOON), limits, NOON + timedelta(seconds=33))[0] == 10
    later = heard(tried, limits, [False], NOON + timedelta(seconds=31))
    assert admit(later, limits, NOON + timedelta(seconds=60))[0] == 0
    # A clock that was moved back does not shut it for ever.
    assert admit(msgspec.structs.replace(gate, open_until=NOON + timedelta(days=1)), limits, NOON)[0] == 1
    assert isinstance(gate, Gate)


@pytest.mark.parametrize(
    "text",
    [
        "TD",
        "td",
        "Ｔｄ",
        "ＴＤ。",
        " t ",
        "R",
        "ｒ",
        "N",
        "n!",
        "退订",
        "退订，谢谢",
        "TD退订",
        "“退订”",
        "回复TD",
        "拒收",
        "不要再发了",
        "T\n",
    ],
)
def test_what_refuses(text: str) -> None:
    assert refuses(text)


@pytest.mark.parametrize("text", ["", "好的", "谢谢", "NICE", "Tom", "还款了", "怎么退订？", "Y", "1", "trtd", "📱"])
def test_what_does_not_refuse(text: str) -> None:
    assert not refuses(text)


@given(
    word=st.sampled_from(["TD", "T", "R", "N", "退订", "拒收"]),
    before=st.text(" \t\n.,。，！“”【】[]", max_size=4),
    after=st.text(" \t\n.,。，！“”【】[]", max_size=4),
    wide=st.booleans(),
    small=st.booleans(),
)
def test_a_refusal_is_one_however_it_is_typed(word: str, before: str, after: str, wide: bool, small: bool) -> None:
    said = word.lower() if small else word
    said = "".join(chr(ord(one) + 0xFEE0) if one.isascii() else one for one in said) if wide else said
    assert refuses(before + said + after)


@given(st.text(max_size=200))
def test_any_reply_can_be_read(text: str) -> None:
    assert refuses(text) in (True, False)
