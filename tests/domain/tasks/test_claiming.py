"""Claiming by hand: once, in time, by those who see the task, and with what counted before."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain import customers, events, tasks
from domain.tasks import Claimant
from kit import clock, database
from kit.errors import Conflict, DomainError, NotFound
from tests.domain.tasks.making import (
    at,
    claim,
    claims_of,
    cumulative,
    current,
    event,
    purchase,
    refund,
    settle,
    special,
    state_of,
    task,
)
from tests.domain.tasks.time_machine import TimeMachine

pytestmark = pytest.mark.usefixtures("database")
ONE = cumulative("purchase.count", 1, "claim")


async def refused(customer: str, code: str, channel: str | None = None) -> tuple[type[DomainError], str]:
    with pytest.raises(DomainError) as refusal:
        await claim(customer, code, channel)
    return type(refusal.value), refusal.value.code


async def test_a_claim_is_made_once_and_a_repeat_gets_the_same() -> None:
    await task("one", ONE, automatic=False, claim={"days_to_finish": 30})
    first, again = await claim("C1", "one"), await claim("C1", "one")
    assert (first.created, again.created) == (True, False)
    assert (first.claim_id, first.state, first.cycle) == (again.claim_id, "claimed", "once")
    assert first.expires_at == first.claimed_at + timedelta(days=30)


async def test_a_repeat_within_one_batch_gets_the_same_and_one_refused_refuses_nobody_else() -> None:
    await task("one", ONE, automatic=False)
    ids = await customers.ids_of(["C1", "C2"])
    wanted = [
        Claimant(ids["C1"], "one"),
        Claimant(ids["C2"], "nothing"),
        Claimant(ids["C1"], "one"),
        Claimant(ids["C2"], "one"),
    ]
    first, missing, repeat, other = await tasks.claim_batch(wanted)
    assert isinstance(missing, NotFound)
    assert not isinstance(first, Exception)
    assert not isinstance(repeat, Exception)
    assert not isinstance(other, Exception)
    assert [first.created, repeat.created, other.created] == [True, False, True]
    assert first.claim_id == repeat.claim_id != other.claim_id


async def test_a_repeat_after_completion_tells_the_state_it_is_in() -> None:
    await task("one", ONE, automatic=False)
    await claim("C1", "one")
    await events.ingest([purchase(occurred_at=clock.now())])
    assert (await claim("C1", "one")).state == "completed"
    await settle()
    assert (await claim("C1", "one")).state == "rewarded"


async def test_it_may_be_claimed_as_often_as_it_says_once_each_is_done() -> None:
    await task("thrice", ONE, automatic=False, claim={"times": 3})
    turns = []
    for _ in range(4):
        answer = await claim("C1", "thrice")
        turns.append(answer.created)
        assert (await claim("C1", "thrice")).claim_id == answer.claim_id
        await events.ingest([purchase(occurred_at=clock.now())])
    assert turns == [True, True, True, False]
    assert [(one["turn"], one["state"]) for one in await claims_of("C1", "thrice")] == [
        (turn, "completed") for turn in (1, 2, 3)
    ]


async def test_an_expired_claim_is_not_followed_by_another_turn(time_machine: TimeMachine) -> None:
    await task("thrice", ONE, automatic=False, claim={"times": 3, "days_to_finish": 1})
    first = await claim("C1", "thrice")
    time_machine(days=2)
    again = await claim("C1", "thrice")
    assert (again.claim_id, again.state, again.created) == (first.claim_id, "expired", False)


@pytest.mark.parametrize(("cycle", "days", "length"), [("daily", 1, 1), ("weekly", 7, 7), ("monthly", 31, None)])
async def test_each_cycle_is_claimed_anew_and_ends_with_its_calendar(
    time_machine: TimeMachine, cycle: str, days: int, length: int | None
) -> None:
    await task("cycle", ONE, automatic=False, claim={"cycle": cycle})
    first = await claim("C1", "cycle")
    time_machine(days=days)
    second = await claim("C1", "cycle")
    assert second.created
    assert first.cycle < second.cycle
    assert first.expires_at is not None
    assert first.expires_at.astimezone(clock.SHANGHAI).time().isoformat() == "00:00:00"
    assert first.claimed_at < first.expires_at <= second.claimed_at
    if length:
        assert second.expires_at == first.expires_at + timedelta(days=length)


async def test_it_is_claimed_from_and_until_it_says(time_machine: TimeMachine) -> None:
    begins = clock.now() + timedelta(days=1)
    terms = {"from": begins.isoformat(), "until": (begins + timedelta(days=2)).isoformat()}
    await task("window", ONE, automatic=False, claim=terms)
    assert await refused("C1", "window") == (Conflict, "task.not_yet_claimable")
    time_machine(days=1)
    claimed = await claim("C1", "window")
    time_machine(days=2)
    assert await refused("C2", "window") == (Conflict, "task.no_longer_claimable")
    assert (await claim("C1", "window")).claim_id == claimed.claim_id


async def test_what_needs_no_claim_cannot_be_claimed_by_hand() -> None:
    await task("auto", cumulative("purchase.count", 2))
    assert await refused("C1", "auto") == (Conflict, "task.claimed_automatically")
    await events.ingest([purchase()])
    answer = await claim("C1", "auto")
    assert (answer.state, answer.created) == ("claimed", False)


async def test_what_is_not_live_is_not_there() -> None:
    assert await refused("C1", "nothing") == (NotFound, "task.not_found")


@pytest.mark.parametrize(
    ("visible", "seen_by", "hidden_from"),
    [
        ({"stages": ["payer", "wealth"]}, {"stage": "payer"}, {"stage": "base"}),
        ({"card_products": ["young"]}, {"card_product": "young"}, {"card_product": "gold"}),
        ({"card_products": ["young"]}, {"card_product": "young"}, {"card_product": None}),
        ({"min_level": 1}, {"rank": 1}, {"rank": 0}),
        ({"min_level": 2, "stages": ["payer"]}, {"rank": 2, "stage": "payer"}, {"rank": 2, "stage": "base"}),
    ],
)
async def test_only_those_who_see_a_task_can_claim_it(
    visible: dict[str, Any], seen_by: dict[str, Any], hidden_from: dict[str, Any]
) -> None:
    await task("seen", ONE, automatic=False, visible=visible)
    for customer, traits in (("C1", seen_by), ("C2", hidden_from)):
        await _make(customer, **traits)
    assert (await claim("C1", "seen")).created
    assert await refused("C2", "seen") == (NotFound, "task.not_found")
    assert await refused("C3", "seen") == (NotFound, "task.not_found")


async def test_a_task_of_one_channel_is_claimed_there() -> None:
    await task("app", ONE, automatic=False, visible={"channels": ["bank_app"]})
    assert await refused("C1", "app", "wechat_mini") == (NotFound, "task.not_found")
    assert (await claim("C1", "app", "bank_app")).created


@pytest.mark.parametrize(
    ("window", "counted"),
    [
        ("claim", 0),
        ("lifetime", 5),
        ({"rolling_days": 7}, 3),
        ({"calendar": "month"}, 4),
        ({"from": "2026-11-19T00:00:00+08:00", "until": "2026-12-31T00:00:00+08:00"}, 2),
    ],
)
async def test_a_claim_begins_with_what_its_window_reaches_back_to(
    time_machine: TimeMachine, window: Any, counted: int
) -> None:
    _go_to(at("2026-11-22 12:00"))
    for day in ("2026-10-31 23:59", "2026-11-01 00:00", "2026-11-16 12:00", "2026-11-19 00:00", "2026-11-22 11:59"):
        await events.ingest([purchase(occurred_at=at(day))])
    await task("spend", cumulative("purchase.amount", 999_999, window), automatic=False)
    await claim("C1", "spend")
    assert await current("C1", "spend") == [counted * 10_000]


async def test_a_claim_of_what_was_done_already_is_completed_at_once() -> None:
    bought = purchase(amount_fen=30_000)
    await events.ingest([bought, refund(bought, 5_000), purchase(amount_fen=5_000)])
    await task("spend", cumulative("purchase.amount", 30_000), automatic=False)
    await task("more", cumulative("purchase.amount", 30_001), automatic=False)
    assert [(await claim("C1", code)).state for code in ("spend", "more")] == ["completed", "claimed"]


async def test_an_event_told_early_by_a_fast_clock_counts_for_the_claim_it_falls_into() -> None:
    await task("one", ONE, automatic=False)
    await events.ingest([purchase(occurred_at=clock.now() + timedelta(minutes=5))])
    await claim("C1", "one")
    assert await state_of("C1", "one") == "completed"


async def test_since_the_claim_means_since_its_very_instant() -> None:
    await task("days", special("sign_in.days", 3, "claim"), automatic=False)
    answer = await claim("C1", "days")
    tick = timedelta(microseconds=1)
    await events.ingest([event("sign_in", occurred_at=answer.claimed_at - tick)])
    assert await current("C1", "days") == [0]
    await events.ingest([event("sign_in", occurred_at=answer.claimed_at)])
    assert await current("C1", "days") == [1]


def _go_to(moment: datetime) -> None:
    clock.advance((moment - clock.now()).total_seconds())


async def _make(customer: str, rank: int = 0, **traits: Any) -> None:
    customer_id = (await customers.ids_of([customer]))[customer]
    for name, value in traits.items():
        await database.execute(f"UPDATE customer SET {name} = $2 WHERE id = $1", customer_id, value)
    await database.execute(
        "INSERT INTO experience_account (customer_id, balance, rank, earned, change_no) VALUES ($1, 0, $2, 0, 1)",
        customer_id,
        rank,
    )
