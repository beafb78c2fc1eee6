"""Whether attempts may go on: a batch, in order, each seeing those before it, in the transaction they are part of."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from domain.risk import holds, rules, verdicts
from domain.risk.catalogue import catalogue
from domain.risk.judge import Judgement, judge, kind_of_hold
from domain.risk.ledger import counted, open_ledger
from domain.risk.lists import listed
from domain.risk.record import Decided, Made, record
from domain.risk.signals import Signals
from domain.risk.states import Hold
from domain.risk.subjects import Attempt, subjects_of
from kit import clock
from kit.database import Connection
from kit.errors import DomainError


class _Known(msgspec.Struct, frozen=True):
    """What is looked up of who attempts, where a rule asks."""

    since: datetime | None = None
    openid: str | None = None


async def decide(connection: Connection, attempts: Mapping[int, Attempt]) -> dict[int, DomainError]:
    """Why some of the attempts may not go on, by their place; who is missing may. What was decided is recorded.

    The caller holds the customers' locks and the live set, has followed it with `catalogue`, and commits whatever the
    answer is. Locks the subjects that live rules count by. Asks nothing of the database where no rule is live and
    nobody is on a list.

    Errors: `Forbidden` (`risk.denied`; `risk.challenge` with a `challenge_id`), `Conflict` (`risk.review`), `TooOften`
    (`risk.limited`).
    """
    seen = {place: attempt for place, attempt in attempts.items() if catalogue.awake(attempt.action)}
    if not seen:
        return {}
    known = await _known(connection, seen)
    subjects = {place: subjects_of(attempt, known[place].openid) for place, attempt in seen.items()}
    on_lists = await listed(connection, subjects.values())
    desk = _Desk(connection, await _held(connection, seen))
    ledger = await open_ledger(connection, ((seen[place], subjects[place]) for place in seen))
    for place, attempt in seen.items():
        lists = {kind: on_lists[one] for kind, one in subjects[place].items() if one in on_lists}
        signals = Signals(
            action=attempt.action,
            customer_id=attempt.customer_id,
            at=attempt.origin.at,
            channel=attempt.origin.channel,
            account_since=known[place].since,
            watched=any("watch" in names for names in lists.values()),
            subjects=subjects[place],
            earlier=ledger.earlier(attempt, subjects[place]),
        )
        refusal = desk.decide(place, attempt, signals, lists)
        ledger.add(attempt, subjects[place], refusal is None)
        desk.note(attempt, counted(attempt, subjects[place]), refusal is None)
    await desk.write()
    return desk.refused


class _Desk:
    """Decides one attempt after the other, and writes down what it made of them all."""

    def __init__(self, connection: Connection, held: dict[holds.Key, Hold]) -> None:
        self._connection, self._held, self._now = connection, held, clock.now()
        self._decided: list[Decided] = []
        self._made: list[Made] = []
        self._spent: set[int] = set()
        self.refused: dict[int, DomainError] = {}

    def decide(
        self, place: int, attempt: Attempt, signals: Signals, lists: Mapping[str, frozenset[str]]
    ) -> DomainError | None:
        """A list decides before any rule: to be denied goes before to be allowed."""
        subjects = dict(signals.subjects)
        refused_by = [kind for kind, names in lists.items() if "deny" in names]
        if refused_by:
            self.refused[place] = verdicts.denied()
            told = {"listed": "deny", "by": refused_by}
            self._decided.append(Decided(attempt, subjects, None, "deny", False, False, told))
        elif not any("allow" in names for names in lists.values()):
            shadows, met = rules.walk(catalogue.rules.get(attempt.action, []), signals)
            for one in shadows:
                self._decided.append(Decided(attempt, subjects, one.rule.name, one.rule.decision, True, True, one.seen))
            if met is not None:
                refusal = self._settle(met, signals) if _can_be_settled(met, attempt) else None
                passed = refusal is None
                decision = met.rule.decision
                self._decided.append(Decided(attempt, subjects, met.rule.name, decision, False, passed, met.seen))
                if refusal is not None:
                    self.refused[place] = refusal
        return self.refused.get(place)

    def note(self, attempt: Attempt, subjects: set[str], passed: bool) -> None:
        """Keep an attempt for those who come later."""
        self._made += [Made(subject, attempt, passed) for subject in subjects]

    async def write(self) -> None:
        """What was decided, made and held."""
        new = [hold for hold in self._held.values() if hold.id is None]
        if self._spent:
            await holds.spend(self._connection, self._spent)
        if new:
            await holds.make(self._connection, new)
        await record(self._connection, self._decided, self._made, catalogue.version, self._now)

    def _settle(self, met: rules.Met, signals: Signals) -> DomainError | None:
        kind = kind_of_hold(met)
        if met.rule.decision == "allow":
            return None
        key = (signals.customer_id, signals.action, kind) if kind is not None else None
        judgement: Judgement = judge(met, signals, self._held.get(key) if key else None, catalogue.version, self._now)
        if key is not None and judgement.hold is not None:
            self._held[key] = judgement.hold
        if key is not None and judgement.spent is not None:
            del self._held[key]
            if judgement.spent.id is not None:
                self._spent.add(judgement.spent.id)
        return judgement.refusal


def _can_be_settled(met: rules.Met, attempt: Attempt) -> bool:
    return attempt.bound or met.rule.decision != "challenge"


async def _known(connection: Connection, attempts: Mapping[int, Attempt]) -> dict[int, _Known]:
    asking = {
        place: attempt
        for place, attempt in attempts.items()
        if attempt.action in catalogue.asks_age
        or attempt.action in catalogue.asks_openid
        or "openid" in catalogue.listed
    }
    known = dict.fromkeys(attempts, _Known())
    if asking:
        rows = await connection.fetch(
            """SELECT t.place, c.created_at, i.subject FROM unnest($1::int[], $2::bigint[], $3::bigint[])
                 AS t (place, customer_id, identity_id)
               JOIN customer c ON c.id = t.customer_id LEFT JOIN identity i ON i.id = t.identity_id""",
            list(asking),
            [attempt.customer_id for attempt in asking.values()],
            [attempt.origin.identity_id for attempt in asking.values()],
        )
        known |= {row[0]: _Known(row[1], row[2]) for row in rows}
    return known


async def _held(connection: Connection, attempts: Mapping[int, Attempt]) -> dict[holds.Key, Hold]:
    holding = [attempt for attempt in attempts.values() if attempt.action in catalogue.holds]
    if not holding:
        return {}
    people, actions = {one.customer_id for one in holding}, {one.action for one in holding}
    return await holds.held(connection, people, actions)
