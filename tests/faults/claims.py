"""One run: everybody claims coupons while everything breaks; then the verdict on every ceiling and every answer."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import asyncpg

from kit.tokens import SessionTokens
from server import local
from server.local import Place
from tests.faults import watch
from tests.faults.claimants import Claimants, Tally, Wish
from tests.faults.claims_verdict import Ceilings, Verdict, judge
from tests.faults.delivery import Pace, in_turns
from tests.faults.disasters import Disasters, befall
from tests.faults.house import House
from tests.faults.tasks import NOW

CLIENTS = 48
DAYS = 12
_REPEATS = 0.3
_HOT_SHARE = 0.7
_BATCH = 40
_EXPIRES = datetime(2099, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Plan:
    """What a run shall be; the same seed gives the same wishes, repeats and order of disasters."""

    seed: int
    claims: int
    disasters: Disasters

    @property
    def ceilings(self) -> list[Ceilings]:
        """Most want the hot one, of which there is one for every ten claims, an eighth of them a day."""
        return [
            Ceilings("hot", stock=self.claims // 10, daily_cap=self.claims // 80, per_person=2),
            Ceilings("plain", stock=self.claims, daily_cap=None, per_person=3),
        ]


@dataclass
class Report:
    """What a run was, and everything that was wrong with its outcome."""

    tally: Tally
    verdict: Verdict
    disasters: Counter[str] = field(default_factory=Counter)
    figures: dict[str, int | float] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


async def run(plan: Plan, house: House, say: Callable[[str], None]) -> Report:
    """Everything from an empty house to the verdict."""
    began, chance = time.monotonic(), Random(plan.seed)
    templates = {one.template: _document(one) for one in plan.ceilings}
    (house.folder / "templates.json").write_text(json.dumps(templates))
    await house.prepare("prepare-claims")
    tokens = await _sign_everybody_in(house, plan.claims // 10)
    wishes, batches = _wishes(plan, list(tokens), chance)
    disasters = plan.disasters.in_order(chance)
    say(f"{len(wishes)} claims in {sum(map(len, batches))} requests by {len(tokens)}, {len(disasters)} disasters")
    claimants, watcher = Claimants(house, tokens, Random(plan.seed + 1)), watch.Watcher(house)
    keeper = asyncio.create_task(house.keep(Random(plan.seed + 2)))
    looking = asyncio.create_task(watcher.watch())
    try:
        await house.ready()
        storm_began = time.monotonic()
        happened = await _storm(house, claimants, batches, disasters, chance)
        storm = time.monotonic() - storm_began
        say("it is over")
        await house.ready()
        looking.cancel()
        connection = await asyncpg.connect(house.postgres.url)
        wrong = await watch.left_for_ever(house, connection)
        await watcher.look()
        verdict = await judge(connection, plan.ceilings, wishes)
        await connection.close()
    finally:
        keeper.cancel()
        looking.cancel()
    report = Report(claimants.tally, verdict, happened)
    report.wrong = [*verdict.wrong, *wrong, *claimants.wrong, *watcher.violations, *house.unbidden_deaths]
    report.figures = {"seconds": round(time.monotonic() - began, 1), "seconds of storm": round(storm, 1)}
    report.figures |= {"checks of invariants": watcher.checks, "deadlocks broken": watch.deadlocks(house)}
    if report.figures["deadlocks broken"]:
        report.wrong.append("locks were not taken in order: PostgreSQL had to break deadlocks")
    return report


async def _storm(
    house: House, claimants: Claimants, batches: list[list[Wish]], disasters: list[str], chance: Random
) -> Counter[str]:
    pace = Pace(len(batches), len(disasters))
    async with asyncio.TaskGroup() as group:
        group.create_task(in_turns(claimants.deliver, batches, CLIENTS, pace))
        befalling = group.create_task(befall(house, disasters, chance, pace))
        group.create_task(_pass_days(house, pace, len(batches)))
    return befalling.result()


async def _pass_days(house: House, pace: Pace, batches: int) -> None:
    """A new day with a new daily cap for every twelfth of the claims."""
    for day in range(1, DAYS):
        await pace.has_delivered(day * batches // DAYS)
        house.pass_days(1)


def _wishes(plan: Plan, customer_ids: list[int], chance: Random) -> tuple[list[Wish], list[list[Wish]]]:
    """Everything wished for, and the batches in which it is asked for: a third asks again, some at the same moment."""
    wishes = [
        Wish(chance.choice(customer_ids), "hot" if chance.random() < _HOT_SHARE else "plain", f"tap-{number}")
        for number in range(plan.claims)
    ]
    batches = [wishes[start : start + _BATCH] for start in range(0, len(wishes), _BATCH)]
    again = chance.sample(wishes, int(len(wishes) * _REPEATS))
    twins = [again[start : start + _BATCH] for start in range(0, len(again) // 2, _BATCH)]
    for twin in twins:  # the same batch by two clients at once
        batches.insert(place := chance.randrange(len(batches)), twin)
        batches.insert(place, list(twin))
    later = again[len(again) // 2 :]
    for start in range(0, len(later), _BATCH):
        batches.insert(chance.randrange(len(batches)), later[start : start + _BATCH])
    return wishes, batches


async def _sign_everybody_in(house: House, customers: int) -> dict[int, str]:
    """Customers with a session each; their tokens by id."""
    connection = await asyncpg.connect(house.postgres.url)
    await connection.execute(
        """WITH born AS (
             INSERT INTO customer (customer_no, name, stage, created_at)
             SELECT 'F' || n, '', 'payer', $2 FROM generate_series(1, $1::int) AS n RETURNING id)
           INSERT INTO customer_session (id, customer_id, channel, created_at, expires_at)
           SELECT 's' || id, id, 'bank_app', $2, $3 FROM born""",
        customers,
        NOW - timedelta(days=1),
        _EXPIRES,
    )
    ids = [row[0] for row in await connection.fetch("SELECT id FROM customer ORDER BY id")]
    await connection.close()

    async def nobody(_session_id: str) -> None:
        return None

    keys = local.fill_in(Place(house.folder, 1, 1))["SESSION_KEYS"]
    issuer: SessionTokens[None] = SessionTokens(dict([keys.split(":", 1)]), "cardquest", nobody)
    return {customer_id: issuer.issue(str(customer_id), f"s{customer_id}", _EXPIRES) for customer_id in ids}


def _document(ceilings: Ceilings) -> dict[str, Any]:
    return {
        "name": ceilings.template,
        "kind": "repayment",
        "value": {"amount_fen": 500},
        "issue": {"centre": True},
        "validity": {"mode": "dynamic", "days": 300},
        "stock": ceilings.stock,
        "daily_cap": ceilings.daily_cap,
        "per_person": ceilings.per_person,
    }
