"""Random journeys, customers and days: the engine, in sets, leads everybody where walking alone would."""

from datetime import timedelta
from itertools import count as counting
from typing import Any

import msgspec
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from domain import customers, journeys
from domain.consents import Purpose
from domain.journeys import JOURNEYS
from domain.journeys.definition import JourneyDefinition
from domain.journeys.graph_rules import in_order, shape_faults
from kit import clock
from kit import database as db
from tests.domain.coupons.stage import publish, publish_template
from tests.domain.journeys.naive import Naive, Somebody
from tests.domain.journeys.stage import buys, document, opens, sound, tell
from tests.domain.messages.stage import consent, template
from tests.domain.tasks.making import cumulative, task
from tests.domain.tasks.time_machine import TimeMachine

MOST = 7
PEOPLE = (("base", False), ("payer", True), ("payer", False), ("wealth", True))
SMS = {"channel": "sms", "text": "来看看"}
_numbers = counting(1)


@st.composite
def journey_steps(draw: st.DrawFn) -> dict[str, Any]:
    """Steps that lead on, and back where there is a wait; the last is an end."""
    size = draw(st.integers(1, MOST))
    return {**{f"s{place}": draw(a_step(place, size)) for place in range(size)}, f"s{size}": {"type": "end"}}


def a_step(place: int, size: int) -> st.SearchStrategy[dict[str, Any]]:
    ahead = st.integers(place + 1, min(size, place + 3)).map(lambda to: f"s{to}")
    anywhere = st.integers(0, size).map(lambda to: f"s{to}")
    hours = st.sampled_from([2, 7, 30])

    def of(kind: str, **fields: Any) -> st.SearchStrategy[dict[str, Any]]:
        return st.fixed_dictionaries({"type": st.just(kind), **fields})

    def given(kind: str, field: str, *names: str) -> st.SearchStrategy[dict[str, Any]]:
        must = {"type": st.just(kind), field: st.sampled_from(names), "next": ahead}
        return st.fixed_dictionaries(must, optional={"otherwise": ahead})

    branch = {"when": st.sampled_from([{"stage": ["payer"]}, {"stage": ["base", "wealth"]}]), "next": ahead}
    branches = st.fixed_dictionaries({"name": st.just("first"), **branch}).map(lambda one: [one])
    parts = st.tuples(st.integers(1, 99), ahead, ahead).map(
        lambda drawn: [
            {"name": "A", "percent": drawn[0], "next": drawn[1]},
            {"name": "B", "percent": 100 - drawn[0], "next": drawn[2]},
        ]
    )
    timeout = hours.map(lambda number: {"hours": number})
    return st.one_of(
        of("wait", hours=hours, next=ahead | anywhere),
        of("wait", until=st.sampled_from([{"time": "12:00"}, {"time": "09:00"}]), next=ahead),
        of(
            "wait_for",
            event=st.sampled_from(["app_login", "purchase"]),
            timeout=timeout,
            next=anywhere,
            timed_out=anywhere,
        ),
        of("split", branches=branches, otherwise=ahead),
        of("share", parts=parts),
        given("coupon", "coupon", "one", "many"),
        given("message", "template", "hello", "offer"),
        given("task", "task", "quiz", "tour"),
    )


happenings = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["purchase", "app_login"]), st.integers(0, len(PEOPLE) - 1)),
        st.tuples(st.just("move"), st.sampled_from([3, 8, 24])),
        st.tuples(st.just("work"), st.just(0)),
    ),
    min_size=10,
    max_size=40,
)


async def prepare(machine: TimeMachine) -> None:
    """What steps give; and it is half past ten tomorrow, so that no hour ever ends with a day's time."""
    if not await db.fetchval("SELECT 1 FROM configuration WHERE code = 'many'"):
        await publish_template("one", per_person=1, stock=100_000)
        await publish_template("many", per_person=1_000, stock=100_000)
        await template("hello", title="您好", body="您好", variables=[])
        await template("offer", title="优惠", body="优惠", variables=[], category="marketing", channels=[SMS])
        for code in ("quiz", "tour"):
            await task(code, cumulative("cash_advance.count", 9), automatic=False)
    morning = clock.start_of_day(clock.today() + timedelta(days=1)) + timedelta(hours=10, minutes=30)
    machine(seconds=(morning - clock.now()).total_seconds())


async def somebody(stage: str, agrees: bool) -> tuple[str, Somebody]:
    number = f"M{next(_numbers)}"
    customer_id = (await customers.ids_of([number]))[number]
    await db.execute("UPDATE customer SET stage = $2 WHERE id = $1", customer_id, stage)
    if agrees:
        await consent(customer_id, purpose=Purpose.MARKETING_SMS)
    return number, Somebody(customer_id, stage, agrees)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking over a database takes minutes
)
@given(journey_steps(), st.sampled_from(["never", "after_end"]), happenings, st.sampled_from([1, 2, 1_000]))
async def test_everybody_goes_where_they_would_go_alone(
    database: str, time_machine: TimeMachine, steps: dict[str, Any], reentry: str, told: list[Any], batch: int
) -> None:
    definition = msgspec.convert(document(steps, first="s0", reentry=reentry), JourneyDefinition)
    steps = {code: steps[code] for code in in_order(definition)}
    body = document(steps, first="s0", reentry=reentry)
    assume(not shape_faults(msgspec.convert(body, JourneyDefinition)))
    await prepare(time_machine)
    code = f"model{next(_numbers)}"
    await publish(JOURNEYS, code, body)
    people = [await somebody(*one) for one in PEOPLE]
    alone = [Naive(code, steps, "s0", reentry, who) for _, who in people]
    now = clock.now().astimezone(clock.SHANGHAI).replace(microsecond=0)
    for what, which in [*(("purchase", place) for place in range(len(people))), *told, ("work", 0)]:
        if what == "move":
            time_machine(hours=which)
            now += timedelta(hours=which)
        elif what == "work":
            while await journeys.work_due(batch):
                pass
            for one in alone:
                one.work(now)
        else:
            await tell({"purchase": buys, "app_login": opens}[what](people[which][0]))
            alone[which].hear(what, now)
    for (number, who), one in zip(people, alone, strict=True):
        assert await ways_of(who.id, code) == [(walk.path, walk.over, walk.step) for walk in one.walks], number
    await db.execute("UPDATE configuration SET state = 'paused' WHERE code = $1", code)
    await db.execute("UPDATE revision SET number = number + 1")


async def ways_of(customer_id: int, code: str) -> list[tuple[list[str], bool, str]]:
    runs = await db.fetch(
        "SELECT id, state, step FROM journey_run WHERE customer_id = $1 AND journey = $2 ORDER BY turn",
        customer_id,
        code,
    )
    found = []
    for run in runs:
        rows = await db.fetch("SELECT step, exit, code FROM journey_path WHERE run_id = $1 ORDER BY number", run["id"])
        path = [f"{row['step']}:{row['exit']}" + (f"!{row['code']}" if row["code"] else "") for row in rows]
        found.append((path, run["state"] == "ended", run["step"]))
    return found


async def test_what_they_left_behind_is_sound(database: str, time_machine: TimeMachine) -> None:
    """Once more over one journey with everything in it, with the invariants asked at every stop."""
    await prepare(time_machine)
    steps = {
        "s0": {"type": "coupon", "coupon": "one", "next": "s1"},
        "s1": {"type": "wait_for", "event": "app_login", "timeout": {"hours": 5}, "next": "s2", "timed_out": "s0"},
        "s2": {"type": "task", "task": "quiz", "next": "s3"},
        "s3": {"type": "message", "template": "offer", "next": "s4"},
        "s4": {"type": "end"},
    }
    await publish(JOURNEYS, "whole", document(steps, reentry="after_end"))
    people = [await somebody(*one) for one in PEOPLE]
    for round in range(3):
        await tell(*(buys(number) for number, _ in people))
        await journeys.work_due()
        await sound()
        time_machine(hours=6)
        await tell(opens(people[round][0]))
        await journeys.work_due()
        await sound()
