"""Whether a delivery goes out now, and if not why; how fast a channel may be used. Pure.

The rules are asked in the order in which they stand in `decide`; the first that says no is the reason.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Literal, NamedTuple

import msgspec

from domain.messages.book import NOT_NEEDED, Delivery
from domain.messages.policy import ChannelLimits, MessagePolicy, QuietHours
from domain.messages.states import DeliveryState
from kit import clock

D = DeliveryState
NOTICE_DEDUPED_FOR = timedelta(minutes=9)
"""WeChat takes a notice with the same number once within ten minutes."""
OUTCOME_AWAITED_FOR = timedelta(minutes=10)
"""WeChat knows no such number for subscribe messages: it may be asked once, and reports within minutes."""
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=15), timedelta(minutes=15)


class Verdict(NamedTuple):
    """What to do with a delivery; `until` goes with `put_off`."""

    what: Literal["send", "skip", "fail", "put_off"]
    reason: str | None = None
    until: datetime | None = None


SEND = Verdict("send")


@dataclass
class Person:
    """What is known of a customer when something is to be sent to them; `asked` are their marketing messages of the
    last seven business days, with the latest time one of each was sent.
    """

    customer_no: str | None = None
    address: str | None = None
    consents: bool = False
    has_refused: bool = False
    statuses: Sequence[str] = ()
    subscriptions: dict[tuple[str, str], int] = field(default_factory=dict)
    asked: dict[int, datetime] = field(default_factory=dict)


def decide(
    delivery: Delivery,
    before: Sequence[Delivery],
    after: Sequence[Delivery],
    person: Person,
    policy: MessagePolicy,
    closed_until: datetime | None,
    now: datetime,
) -> Verdict:
    """`before` and `after` are the same message by the other channels; `closed_until` is when the channel, whose quota
    is used up, opens again.
    """
    verdicts = (
        _told_by_others(delivery, before, now),
        _unknown_outcome(delivery, now),
        _too_old(delivery, now),
        _unreachable(person),
        _unwanted(delivery, person),
        _loan_offer(delivery, person),
        _unsubscribed(delivery, person),
        _quiet(delivery, policy.quiet_hours, now),
        _too_many(delivery, person, policy, now),
        _closed(delivery, after, closed_until, now),
    )
    return next((one for one in verdicts if one is not None), SEND)


def _told_by_others(delivery: Delivery, before: Sequence[Delivery], now: datetime) -> Verdict | None:
    if any(one.state is D.DELIVERED for one in before):
        return Verdict("skip", NOT_NEEDED)
    if any(one.state is D.SENT for one in before) and now >= delivery.useful_until:
        return Verdict("skip", NOT_NEEDED)
    asked = [one.due_at for one in before if one.state is D.SENDING and one.due_at is not None and one.due_at > now]
    if asked and now < delivery.useful_until:
        return Verdict("put_off", "earlier_channel_asked", max(asked))
    return None


def _unknown_outcome(delivery: Delivery, now: datetime) -> Verdict | None:
    """Nobody knows whether it was sent, and asking again could send it twice."""
    if delivery.asked_at is None:
        return None
    if delivery.channel == "wechat" and delivery.state is D.SENDING:
        return Verdict("fail", "outcome_unknown")
    if delivery.channel == "wechat_notice" and now > delivery.asked_at + NOTICE_DEDUPED_FOR:
        return Verdict("fail", "outcome_unknown")
    return None


def _too_old(delivery: Delivery, now: datetime) -> Verdict | None:
    if now < delivery.useful_until:
        return None
    return Verdict("fail", "outcome_unknown") if delivery.asked_at is not None else Verdict("skip", "too_old")


def _unreachable(person: Person) -> Verdict | None:
    return None if person.customer_no and person.address else Verdict("skip", "no_address")


def _unwanted(delivery: Delivery, person: Person) -> Verdict | None:
    if delivery.category != "marketing" or person.consents:
        return None
    return Verdict("skip", "refused" if person.has_refused else "no_consent")


def _loan_offer(delivery: Delivery, person: Person) -> Verdict | None:
    return Verdict("skip", person.statuses[0]) if delivery.loan_offer and person.statuses else None


def _unsubscribed(delivery: Delivery, person: Person) -> Verdict | None:
    if delivery.channel != "wechat" or person.subscriptions.get(_subscription(delivery, person), 0) > 0:
        return None
    return Verdict("skip", "no_subscription")


def _quiet(delivery: Delivery, hours: QuietHours, now: datetime) -> Verdict | None:
    if delivery.category == "service" and delivery.priority == 0:
        return None
    until = quiet_until(hours, now)
    return Verdict("put_off", "quiet_hours", until) if until is not None else None


def _too_many(delivery: Delivery, person: Person, policy: MessagePolicy, now: datetime) -> Verdict | None:
    if delivery.category != "marketing":
        return None
    others = [at for message_id, at in person.asked.items() if message_id != delivery.message_id]
    today = clock.business_day(now)
    if sum(clock.business_day(at) == today for at in others) >= policy.marketing.per_day:
        return Verdict("skip", "too_many_today")
    week = sum(clock.business_day(at) > today - timedelta(days=7) for at in others)
    return Verdict("skip", "too_many_this_week") if week >= policy.marketing.per_week else None


def _closed(
    delivery: Delivery, after: Sequence[Delivery], closed_until: datetime | None, now: datetime
) -> Verdict | None:
    if closed_until is None or now >= closed_until:
        return None
    if any(one.state is D.WAITING for one in after):
        return Verdict("skip", "channel_quota")
    return Verdict("put_off", "channel_quota", closed_until)


def note_sending(delivery: Delivery, person: Person, now: datetime) -> None:
    """Those decided after this one in the same batch know of it."""
    if delivery.category == "marketing":
        person.asked[delivery.message_id] = now
    if delivery.channel == "wechat":
        person.subscriptions[_subscription(delivery, person)] -= 1


def _subscription(delivery: Delivery, person: Person) -> tuple[str, str]:
    return person.address or "", str(delivery.content.get("template_id"))


def quiet_until(hours: QuietHours, now: datetime) -> datetime | None:
    """When the quiet hours that hold at `now` end; None where none hold."""
    begin, until = hours.times()
    local = now.astimezone(clock.SHANGHAI)
    at = local.time()
    quiet = begin <= at < until if begin <= until else at >= begin or at < until
    if not quiet:
        return None
    day = local.date() if at < until else local.date() + timedelta(days=1)
    return datetime.combine(day, until, clock.SHANGHAI).astimezone(now.tzinfo)


def next_day(now: datetime) -> datetime:
    """The coming midnight in Shanghai: WeChat's quotas begin anew."""
    tomorrow = clock.business_day(now) + timedelta(days=1)
    return datetime.combine(tomorrow, time(), clock.SHANGHAI).astimezone(now.tzinfo)


def wait_after(attempts: int) -> timedelta:
    """How long an unanswered delivery waits after so many attempts: 15 s, doubled each time, 15 minutes at most."""
    return min(_FIRST_WAIT * 2 ** min(attempts - 1, 10), _LONGEST_WAIT)


class Gate(msgspec.Struct, frozen=True):
    """A bucket of calls that fills with the time; a breaker: `failures` in a row without an answer, and until when the
    channel is left alone; and until when its quota is used up.
    """

    tokens: float
    at: datetime
    failures: int = 0
    open_until: datetime | None = None
    closed_until: datetime | None = None


def new_gate(limits: ChannelLimits, now: datetime) -> Gate:
    """A full bucket."""
    return Gate(_capacity(limits), now)


def _capacity(limits: ChannelLimits) -> float:
    """A second's worth of calls; at least one."""
    return max(1.0, limits.per_second)


def admit(gate: Gate, limits: ChannelLimits, now: datetime) -> tuple[int, Gate]:
    """How many may be sent now, and the gate before they are counted by `spent`.

    After a pause one is let through to try; meanwhile the gate stays shut for everybody else.
    """
    passed = max(0.0, (now - gate.at).total_seconds())
    tokens = min(_capacity(limits), gate.tokens + passed * limits.per_second)
    gate = msgspec.structs.replace(gate, tokens=tokens, at=now)
    allowed = int(tokens + 1e-9)
    pause = timedelta(seconds=limits.open_seconds)
    if gate.open_until is None:
        return allowed, gate
    # A moment farther away than a whole pause is of a clock that was moved since.
    if now < gate.open_until <= now + pause:
        return 0, gate
    return min(allowed, 1), msgspec.structs.replace(gate, open_until=now + pause)


def spent(gate: Gate, calls: int) -> Gate:
    """The gate after so many were let through."""
    return msgspec.structs.replace(gate, tokens=gate.tokens - calls)


def heard(gate: Gate, limits: ChannelLimits, answered: Iterable[bool], now: datetime) -> Gate:
    """The gate after these calls, in the order in which they ended: an answer closes the breaker, silence counts."""
    failures, open_until = gate.failures, gate.open_until
    for one in answered:
        if one:
            failures, open_until = 0, None
            continue
        failures += 1
        if failures >= limits.failures_to_open or open_until is not None:
            open_until = now + timedelta(seconds=limits.open_seconds)
    return msgspec.structs.replace(gate, failures=failures, open_until=open_until)
