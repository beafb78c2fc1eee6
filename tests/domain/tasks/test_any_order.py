"""The result is a function of the set of events: not of their order, nor of how often or in which batches they came."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from domain import approvals, customers, events, rewards, tasks
from domain.events import Event
from domain.tasks import Claimant
from domain.tasks.conditions import Program
from domain.tasks.states import DONE
from kit import clock
from tests.domain.coupons.stage import MAKER
from tests.domain.tasks.conditions.strategies import START, contents, histories
from tests.domain.tasks.making import Condition, claims_of, compiled, experience_of, settle, task
from tests.domain.tasks.time_machine import TimeMachine

EXAMPLES = 10
_numbers = count(1)
terms = st.fixed_dictionaries(
    {"cycle": st.sampled_from(["once", "once", "daily", "weekly"])},
    optional={"days_to_finish": st.sampled_from([2, 30])},
)


@pytest.fixture(autouse=True)
def nothing_is_too_late() -> Iterator[None]:
    """Being told late is allowed to matter; here nothing is."""
    tasks.allow_lateness(90)
    yield
    tasks.allow_lateness(7)


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


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking over a database takes minutes
)
@given(st.lists(contents(2), min_size=3, max_size=3), terms, histories(4, 12), st.randoms(use_true_random=True))
async def test_order_batches_and_repeats_do_not_matter(
    database: str,
    time_machine: TimeMachine,
    many: list[Condition],
    terms: Condition,
    history: list[Event],
    chance: Random,
) -> None:
    number = next(_numbers)
    sorted_one, shuffled = f"A{number:05d}", f"B{number:05d}"
    go_to(START)
    programs = {f"{number}-{place}": compiled(content) for place, content in enumerate(many)}
    for code, content in zip(programs, many, strict=True):
        await task(f"manual-{code}", content, automatic=False, claim=terms, rewards=[{"experience": 1}])
        await task(f"live-{code}", content, claim=_from_start(terms), rewards=[{"experience": 1_000}])

    known = [event for event in history if event.occurred_at < START + timedelta(hours=20)]
    early = chance.sample(known, chance.randint(0, len(known)))
    await tell(shuffled, early)
    ids = await customers.ids_of([sorted_one, shuffled])
    await tasks.claim_batch([Claimant(ids[who], f"manual-{code}") for code in programs for who in ids])

    go_to(START + timedelta(days=21))
    await tell(sorted_one, sorted(history, key=lambda event: event.occurred_at))
    await tell_anyhow(shuffled, history, early, chance)
    await settle()
    for code, content in zip(programs, many, strict=True):
        await task(f"later-{code}", content, claim=_from_start(terms), rewards=[{"experience": 1_000_000}])
    await settle()
    assert await rewards.settle_due() == 0

    for code, program in programs.items():
        for way in ("manual", "live", "later"):
            told_sorted = await outcome(sorted_one, f"{way}-{code}", program)
            assert told_sorted == await outcome(shuffled, f"{way}-{code}", program), (way, code)
        assert told_sorted == await outcome(sorted_one, f"live-{code}", program), code
    assert await experience_of(sorted_one) == await experience_of(shuffled)
    for code in programs:
        for way in ("manual", "live", "later"):
            await approvals.end(tasks.TASKS, f"{way}-{code}", MAKER)


def _from_start(terms: Condition) -> Condition:
    """Automatic claims begin when the task could first be claimed: for the one that goes live later too."""
    return {**terms, "from": START.isoformat()}
