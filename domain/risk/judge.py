"""What follows from the rule that decides an attempt. Pure, but for the token of a new challenge."""

from datetime import datetime, timedelta

import msgspec

from domain.risk import verdicts
from domain.risk.rules import Met
from domain.risk.signals import Signals, answer, limit_question
from domain.risk.states import TO_ANSWER, TO_COME_BACK, Hold, HoldKind, HoldState, lets_through
from kit import ids
from kit.errors import DomainError

_KINDS = {"challenge": HoldKind.CHALLENGE, "review": HoldKind.REVIEW}
REVIEWED_FOR_HOURS = 24


class Judgement(msgspec.Struct, frozen=True):
    """Through without a `refusal`; a `hold` is made, or (known) kept as it is; a delay that is over is `spent`."""

    refusal: DomainError | None = None
    hold: Hold | None = None
    spent: Hold | None = None


def kind_of_hold(met: Met) -> HoldKind | None:
    """What a rule makes an action wait for; None where it decides at once."""
    limit = met.rule.limit
    if limit is not None and limit.delay_seconds is not None:
        return HoldKind.DELAY
    return _KINDS.get(met.rule.decision)


def judge(met: Met, signals: Signals, held: Hold | None, version: int, now: datetime) -> Judgement:
    """`held` is what this action of this customer waits for already, of the kind the rule asks."""
    kind, message = kind_of_hold(met), met.rule.message
    if kind is None:
        if met.rule.decision == "deny":
            return Judgement(verdicts.denied(message))
        return _within_limit(met, signals, now)
    if held is not None and lets_through(held, now):
        return Judgement(spent=held if kind is HoldKind.DELAY else None)
    hold = held or new_hold(kind, met, signals, version, now)
    return Judgement(_refusal(hold, message, now), hold)


def new_hold(kind: HoldKind, met: Met, signals: Signals, version: int, now: datetime) -> Hold:
    """What an action waits for from now on."""
    limit = met.rule.limit
    opens_at = None
    until: datetime | None = None
    if kind is HoldKind.DELAY:
        opens_at = now + timedelta(seconds=(limit.delay_seconds or 0) if limit else 0)
        until = opens_at + TO_COME_BACK
    elif kind is HoldKind.CHALLENGE:
        until = now + TO_ANSWER
    return Hold(
        id=None,
        customer_id=signals.customer_id,
        action=signals.action,
        kind=kind,
        state=HoldState.WAITING,
        version=version,
        rule=met.rule.name,
        until=until,
        token=ids.token_id() if kind is HoldKind.CHALLENGE else None,
        opens_at=opens_at,
        hours=(met.rule.hours or REVIEWED_FOR_HOURS) if kind is HoldKind.REVIEW else None,
    )


def _refusal(hold: Hold, message: str | None, now: datetime) -> DomainError:
    if hold.kind is HoldKind.DELAY:
        return verdicts.limited(hold.opens_at or now, now, message)
    if hold.kind is HoldKind.CHALLENGE:
        return verdicts.challenged(hold.token or "", message)
    if hold.state is HoldState.REFUSED:
        return verdicts.denied()
    return verdicts.under_review(message)


def _within_limit(met: Met, signals: Signals, now: datetime) -> Judgement:
    question = limit_question(met.rule)
    if question is None:
        return Judgement()
    through = answer(question, signals.earlier.get(question, ()), signals.at)
    if len(through) < question.most or question.by not in signals.subjects:
        return Judgement()
    again = through[-1].at + timedelta(seconds=question.seconds)
    return Judgement(verdicts.limited(again, now, met.rule.message))
