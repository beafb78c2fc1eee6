"""Compares what stands in the database with the model, row by row; every difference is told in words."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from domain.tasks.conditions import Program, compile_content
from domain.tasks.definition import TaskDefinition
from tests.faults.model import EVER, Event, History, Life
from tests.faults.tasks import LIMITED, PLACES, TASKS, Task

Rows = list[asyncpg.Record]
Key = tuple[str, str, str]
"""Customer number, task, cycle."""
_CLAIMS = """SELECT l.id, c.customer_no, l.task, l.cycle, l.state, l.round, l.progress, l.expires_at
             FROM claim l JOIN customer c ON c.id = l.customer_id"""
_GRANTS = """SELECT id, claim_id, round, position, kind, state, amount, coupon_id FROM reward_grant
             ORDER BY claim_id, round, position"""
_ENTRIES = (
    """SELECT c.customer_no, e.source, e.amount FROM experience_entry e JOIN customer c ON c.id = e.customer_id"""
)
_BALANCES = """SELECT c.customer_no, a.balance FROM experience_account a JOIN customer c ON c.id = a.customer_id"""
_COUPONS = """SELECT o.id, c.customer_no, o.source, o.state FROM coupon o JOIN customer c ON c.id = o.customer_id"""


class Expected:
    """What the events come to: per customer, task and cycle how far each condition has come."""

    def __init__(self, events: list[Event]) -> None:
        by_customer: dict[str, list[Event]] = defaultdict(list)
        for event in events:
            by_customer[event["customer_no"]].append(event)
        self.event_ids = {event["event_id"] for event in events}
        self.tasks: dict[Key, Task] = {}
        self.lives: dict[Key, Life] = {}
        self.measured: dict[Key, list[int]] = {}
        for customer, told in by_customer.items():
            history = History(told)
            for task in TASKS:
                for life in task.lives:
                    key = (customer, task.code, task.cycle(life))
                    self.tasks[key], self.lives[key] = task, life
                    self.measured[key] = task.measures(history, life)

    def done(self, key: Key) -> bool:
        """Whether the task is completed."""
        return self.tasks[key].done(self.measured[key])


class Found:
    """What stands in the database."""

    def __init__(self, claims: Rows, grants: Rows, entries: Rows, balances: Rows, coupons: Rows) -> None:
        self.claims: dict[Key, asyncpg.Record] = {(row[1], row[2], row[3]): row for row in claims}
        self.rounds: dict[tuple[int, int], Rows] = defaultdict(list)
        for row in grants:
            self.rounds[row["claim_id"], row["round"]].append(row)
        self.entries = {row["source"]: row["amount"] for row in entries}
        self.balances: dict[str, int] = {row["customer_no"]: row["balance"] for row in balances}
        self.coupons = {row["source"]: row for row in coupons}
        self.claim_rows, self.entry_rows, self.coupon_rows = len(claims), len(entries), len(coupons)

    @classmethod
    async def read(cls, connection: asyncpg.Connection) -> "Found":
        """Everything, on one snapshot."""
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return cls(*[await connection.fetch(sql) for sql in (_CLAIMS, _GRANTS, _ENTRIES, _BALANCES, _COUPONS)])


async def mismatches(connection: asyncpg.Connection, events: list[Event], now: datetime) -> list[str]:
    """Every difference between model and database at rest; none when all is well."""
    expected, found = Expected(events), await Found.read(connection)
    return [
        *await _events(connection, expected),
        *_claims(expected, found, now),
        *await _places(connection, expected, found),
        *_rewards(expected, found),
        *_balances(expected, found),
    ]


async def _events(connection: asyncpg.Connection, expected: Expected) -> list[str]:
    rows = await connection.fetch("SELECT event_id FROM event")
    stored = Counter(row[0] for row in rows)
    suspended = await connection.fetchval("SELECT count(*) FROM suspended_event")
    return [
        *(f"event {lost} is lost" for lost in expected.event_ids - set(stored)),
        *(f"event {more} was never told" for more in set(stored) - expected.event_ids),
        *(f"event {twice} is there {number} times" for twice, number in stored.items() if number > 1),
        *([f"{suspended} repeats were taken for something else"] if suspended else []),
    ]


def _claims(expected: Expected, found: Found, now: datetime) -> Iterator[str]:
    programs = {task.code: _program(task) for task in TASKS}
    for key in found.claims.keys() - expected.measured.keys():
        yield f"{key} has a claim it should not have"
    for key, measured in expected.measured.items():
        claim = found.claims.get(key)
        shown = [max(0, one) for one in measured]
        if claim is None:
            if any(shown) and key[1] != LIMITED:
                yield f"{key} has no claim, though its conditions have come to {shown}"
            continue
        states = msgspec.json.decode(claim["progress"])
        reached = [one.current for one in programs[key[1]].progress(states)]
        if reached != shown and not expected.done(key):  # what is done is not counted on
            yield f"{key} has come to {reached} and should to {shown}"
        ends = expected.lives[key].ends
        if (claim["expires_at"] or EVER) != ends:
            yield f"{key} expires {claim['expires_at']} and should {ends}"
        open_states = ("expired", "clawed_back") if ends <= now else ("claimed", "clawed_back")
        allowed = ("rewarded",) if expected.done(key) else open_states
        if claim["state"] not in allowed:
            yield f"{key} is {claim['state']} at {reached}"


def _program(task: Task) -> Program:
    return compile_content(msgspec.convert(task.document, TaskDefinition).content)


async def _places(connection: asyncpg.Connection, expected: Expected, found: Found) -> list[str]:
    taken = await connection.fetchval("SELECT taken FROM task_places WHERE task = $1", LIMITED)
    held = sum(key[1] == LIMITED for key in found.claims)
    wrong = [] if taken == held <= PLACES else [f"{held} of {PLACES} places are held, {taken} are counted"]
    refused = [key for key in expected.measured if key[1] == LIMITED and expected.done(key) and key not in found.claims]
    return wrong + [f"{key} got no place, though only {held} are held" for key in refused if held < PLACES]


def _rewards(expected: Expected, found: Found) -> Iterator[str]:
    """Each completion that stands is rewarded once, each that was lost is taken back once."""
    entries, coupons = 0, 0
    for key, claim in found.claims.items():
        task = expected.tasks[key]
        stands = claim["round"] if claim["state"] == "rewarded" else None
        for turn in range(1, claim["round"] + 1):
            grants = found.rounds.pop((claim["id"], turn), [])
            yield from _round(f"{key} round {turn}", task, grants, stands == turn)
            entries += sum(1 + (g["state"] == "clawed_back") for g in grants if _was_given(g, "experience"))
            coupons += sum(_was_given(g, "coupon") for g in grants)
            for grant in grants:
                yield from _effect(f"{key} round {turn}", task, key[0], grant, found)
    for claim_id, turn in found.rounds:
        yield f"claim {claim_id} has grants for round {turn}, which it never came to"
    if (entries, coupons) != (found.entry_rows, found.coupon_rows):
        yield (
            f"{found.entry_rows} entries of experience and {found.coupon_rows} coupons, "
            f"but grants for {entries} and {coupons}"
        )


def _was_given(grant: asyncpg.Record, kind: str) -> bool:
    return grant["kind"] == kind and grant["state"] in ("granted", "clawed_back")


def _round(where: str, task: Task, grants: Rows, stands: bool) -> Iterator[str]:
    given = {grant["position"]: (grant["kind"], grant["state"]) for grant in grants}
    if stands:
        due = {place: (kind, "granted") for place, kind in enumerate(task.rewards, start=1)}
        if given != due:
            yield f"{where} stands with grants {given}"
    elif given.pop(0, None) != ("closed", "cancelled"):
        yield f"{where} was lost, and may still be granted: {given}"
    elif {state for _, state in given.values()} - {"cancelled", "clawed_back"}:
        yield f"{where} was lost with grants {given}"


def _effect(where: str, task: Task, customer: str, grant: asyncpg.Record, found: Found) -> Iterator[str]:
    """What a grant left behind: entries of experience, a coupon."""
    state = grant["state"]
    booked = [found.entries.get(f"{what}:{grant['id']}") for what in ("grant", "clawback")]
    points = task.experience if grant["kind"] == "experience" else None
    due: list[Any] = {"granted": [points, None], "clawed_back": [points, points and -points]}.get(state, [None, None])
    if booked != due:
        yield f"{where}: a grant {state} has entries {booked}"
    coupon = found.coupons.get(f"grant:{grant['id']}")
    held = (coupon["customer_no"], coupon["state"], coupon["id"]) if coupon else None
    wanted = {"granted": "unused", "clawed_back": "voided"}.get(state) if grant["kind"] == "coupon" else None
    if held != ((customer, wanted, grant["coupon_id"]) if wanted else None):
        yield f"{where}: a grant {state} has coupon {held}"


def _balances(expected: Expected, found: Found) -> Iterator[str]:
    due: Counter[str] = Counter()
    for key, claim in found.claims.items():
        if claim["state"] == "rewarded":
            due[key[0]] += expected.tasks[key].experience
    for customer in due.keys() | found.balances.keys():
        if due[customer] != found.balances.get(customer, 0):
            yield f"{customer} has {found.balances.get(customer, 0)} points for completions worth {due[customer]}"
