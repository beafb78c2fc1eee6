"""The result is a function of the set of events: not of their order, nor of how often or in which batches they came."""

from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from domain import approvals, customers, events, rewards, tasks
from domain.events import Event
from domain.tasks import MCC_EXCLUSIONS, Claimant, lateness
from domain.tasks.conditions import Program
from domain.tasks.definition import TaskDefinition
from domain.tasks.rules import beyond_life
from domain.tasks.states import DONE
from kit import clock
from tests.domain.coupons.stage import MAKER, publish
from tests.domain.tasks.conditions.strategies import START, contents, histories
from tests.domain.tasks.making import (
    Condition,
    claims_of,
    compiled,
    cumulative,
    experience_of,
    settle,
    special,
    status,
    task,
)
from tests.domain.tasks.time_machine import TimeMachine

FIXED = {
    "sum": cumulative("purchase.amount", 10**6),
    "small": cumulative("purchase.amount", 10**6, amount={"at_most": 600}),
    "days": cumulative("purchase.count", 50, {"rolling_days": 10}),
    "shops": cumulative("purchase.merchants", 99, "claim"),
    "enough": cumulative("purchase.amount", 1_200, {"calendar": "month"}),
    "single": {"category": "stream", "item": "purchase", "at_least": 700, "window": "lifetime"},
    "active": status("card.activated"),
    "any": {"any": [cumulative("purchase.count", 4, "claim"), special("sign_in.streak", 2), status("wechat.bound")]},
    "cycle": cumulative("purchase.amount", 1_500, {"calendar": "billing_cycle"}),
    "streak": cumulative("purchase.streak", 2, {"rolling_days": 10}),
    "daily": {"all": [cumulative("purchase.count", 1), status("card.activated")]},
}
_numbers = count(1)
_any_database = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking over a database takes minutes
)
terms = st.fixed_dictionaries(
    {"cycle": st.sampled_from(["once", "once", "daily", "weekly"])},
    optional={"days_to_finish": st.sampled_from([2, 30])},
)


def may_be(content: Condition, terms: Condition) -> bool:
    """Whether a claim of these terms lives long enough for the content: a daily one has no streak of three days."""
    definition = msgspec.convert({"name": "x", "kind": "growth", "content": content, "claim": terms}, TaskDefinition)
    return not beyond_life(definition, compiled(content).leaves)


@pytest.fixture(autouse=True)
def nothing_is_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Being told too late is allowed to matter; here nothing is."""
    monkeypatch.setattr(lateness, "_lateness", timedelta(days=90))


def go_to(moment: datetime) -> None:
    clock.advance((moment - clock.now()).total_seconds())


async def tell(customer: str, batch: list[Event]) -> None:
    """Tell `customer` what happened; ids sort as they did."""
    mine = [
        msgspec.structs.replace(
            event,
            event_id=f"{customer}-{event.event_id}",
            customer_no=customer,
            original_event_id=event.original_event_id and f"{customer}-{event.original_event_id}",
        )
        for event in batch
    ]
    result = await events.ingest(mine)
    assert (result.rejected, result.suspended) == ([], [])


async def tell_anyhow(customer: str, history: list[Event], told: list[Event], chance: Random) -> None:
    """Everything not told yet and some of it again, in random batches."""
    rest = [event for event in history if event not in told]
    rest += chance.choices(history, k=3) if history else []
    chance.shuffle(rest)
    while rest:
        size = chance.randint(1, 4)
        await tell(customer, rest[:size])
        rest = rest[size:]
        if chance.random() < 0.3:
            await settle()


async def outcome(customer: str, code: str, program: Program) -> dict[str, Any]:
    """Per cycle: done, or how far. A claim that stands at nothing says as much as none."""
    claims = await claims_of(customer, code)
    done = {claim["cycle"]: "done" for claim in claims if claim["state"] in DONE}
    progress = {claim["cycle"]: program.progress(claim["progress"]) for claim in claims if claim["cycle"] not in done}
    return done | {cycle: shown for cycle, shown in progress.items() if any(one.current for one in shown)}


async def play(history: list[Event], chance: Random, manual: Collection[str]) -> tuple[str, str]:
    """The same history for two customers who claim at the same instant: one is told all of it in order and at once,
    of the other some is told before the claim and the rest anyhow. Their numbers.
    """
    number = next(_numbers)
    in_order, anyhow = f"A{number:05d}", f"B{number:05d}"
    go_to(START)
    known = [event for event in history if event.occurred_at < START + timedelta(hours=20)]
    early = chance.sample(known, chance.randint(0, len(known)))
    await tell(anyhow, early)
    ids = await customers.ids_of([in_order, anyhow])
    await tasks.claim_batch([Claimant(customer, code) for code in manual for customer in ids.values()])
    go_to(START + timedelta(days=21))
    await tell(in_order, sorted(history, key=lambda event: event.occurred_at))
    await tell_anyhow(anyhow, history, early, chance)
    await settle()
    return in_order, anyhow


async def compare(in_order: str, anyhow: str, programs: dict[str, Program]) -> None:
    """Nothing tells the two apart."""
    assert await rewards.settle_due() == 0
    for code, program in programs.items():
        assert await outcome(in_order, code, program) == await outcome(anyhow, code, program), code
    assert await experience_of(in_order) == await experience_of(anyhow)


def from_start(terms: Condition) -> Condition:
    """Automatic claims begin when the task could first be claimed: for one that goes live later too."""
    return {**terms, "from": START.isoformat()}


@pytest.fixture
async def programs(database: str, time_machine: TimeMachine) -> dict[str, Program]:
    """The fixed contents, live since `START` to be claimed by hand and automatically."""
    go_to(START)
    body = {"name": "通用", "mccs": [{"mcc": "5812", "reason": "餐厅"}]}
    await publish(MCC_EXCLUSIONS, "default", body)
    programs: dict[str, Program] = {}
    for name, content in FIXED.items():
        terms = {"cycle": "daily"} if name == "daily" else {}
        await task(f"manual-{name}", content, automatic=False, claim=terms, rewards=[{"experience": 1}])
        await task(f"auto-{name}", content, claim=from_start(terms), rewards=[{"experience": 1_000}])
        programs |= {f"manual-{name}": compiled(content), f"auto-{name}": compiled(content)}
    await settle()
    return programs


@settings(_any_database, max_examples=40)
@given(histories(4, 12), st.randoms(use_true_random=True))
async def test_order_batches_and_repeats_do_not_matter(
    programs: dict[str, Program], history: list[Event], chance: Random
) -> None:
    manual = [code for code in programs if code.startswith("manual")]
    await compare(*await play(history, chance, manual), programs)


@settings(_any_database, max_examples=6)
@given(st.lists(contents(2), min_size=3, max_size=3), terms, histories(4, 12), st.randoms(use_true_random=True))
async def test_it_is_so_for_any_content_also_where_the_task_goes_live_only_afterwards(
    database: str,
    time_machine: TimeMachine,
    many: list[Condition],
    terms: Condition,
    history: list[Event],
    chance: Random,
) -> None:
    assume(all(may_be(content, terms) for content in many))
    go_to(START)
    named = {f"{next(_numbers)}": content for content in many}
    for name, content in named.items():
        await task(f"manual-{name}", content, automatic=False, claim=terms, rewards=[{"experience": 1}])
        await task(f"live-{name}", content, claim=from_start(terms), rewards=[{"experience": 1_000}])
    in_order, anyhow = await play(history, chance, [f"manual-{name}" for name in named])
    for name, content in named.items():
        await task(f"later-{name}", content, claim=from_start(terms), rewards=[{"experience": 1_000_000}])
    await settle()

    ways = ("manual", "live", "later")
    await compare(in_order, anyhow, {f"{way}-{name}": compiled(named[name]) for name in named for way in ways})
    for name, content in named.items():
        live, later = [await outcome(in_order, f"{way}-{name}", compiled(content)) for way in ("live", "later")]
        assert live == later, name
    for code in [f"{way}-{name}" for name in named for way in ways]:
        await approvals.end(tasks.TASKS, code, MAKER)
