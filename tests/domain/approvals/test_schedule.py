"""Approved now, live at its time: once, late if nobody worked, and not at all if it was taken back."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from domain import approvals
from domain.approvals import Kind, State
from domain.operators import OperatorIdentity
from kit import clock
from kit import database as db
from kit.errors import Conflict, Forbidden, RuleViolated
from tests.domain.tasks.time_machine import TimeMachine

HOUR = timedelta(hours=1)


async def scheduled(
    kind: Kind, maker: OperatorIdentity, checker: OperatorIdentity, title: str = "one"
) -> approvals.Version:
    await approvals.save_draft(kind, "a", kind.definition(title), maker)
    await approvals.submit(kind, "a", maker)
    return await approvals.approve(kind, "a", checker, live_at=clock.now() + HOUR)


async def test_it_goes_live_at_its_time_and_not_before(
    leaflets: Kind, went_live: list[int], maker: OperatorIdentity, checker: OperatorIdentity, time_machine: TimeMachine
) -> None:
    waiting = await scheduled(leaflets, maker, checker)
    assert (waiting.state, waiting.live_at, waiting.checker_id) == (State.SCHEDULED, None, checker.operator_id)
    assert await approvals.go_live_due([leaflets]) == 0
    assert await approvals.live("leaflets") == []

    time_machine(days=3)  # nobody worked meanwhile
    assert await approvals.go_live_due([leaflets]) == 1
    [live] = await approvals.live("leaflets")
    assert (live.id, live.state) == (waiting.id, State.LIVE)
    assert went_live == [1]
    assert await approvals.go_live_due([leaflets]) == 0


async def test_of_many_workers_one_puts_it_live(
    leaflets: Kind, went_live: list[int], maker: OperatorIdentity, checker: OperatorIdentity, time_machine: TimeMachine
) -> None:
    await scheduled(leaflets, maker, checker)
    time_machine(hours=2)
    before = await approvals.current_revision()
    await asyncio.gather(*(approvals.go_live_due([leaflets]) for _ in range(6)))
    assert went_live == [1]
    assert await approvals.current_revision() == before + 1


async def test_it_takes_the_place_of_the_version_before(
    leaflets: Kind, maker: OperatorIdentity, checker: OperatorIdentity, time_machine: TimeMachine
) -> None:
    await approvals.save_draft(leaflets, "a", leaflets.definition("zero"), maker)
    await approvals.submit(leaflets, "a", maker)
    first = await approvals.approve(leaflets, "a", checker)
    second = await scheduled(leaflets, maker, checker)
    assert await approvals.live("leaflets") == [first]
    time_machine(hours=2)
    await approvals.go_live_due([leaflets])
    assert [one.id for one in await approvals.live("leaflets")] == [second.id]
    [before] = await approvals.versions([first.id])
    assert before.state == State.SUPERSEDED


async def test_what_was_taken_back_does_not_go_live_and_must_be_approved_anew(
    leaflets: Kind, went_live: list[int], maker: OperatorIdentity, checker: OperatorIdentity, time_machine: TimeMachine
) -> None:
    await scheduled(leaflets, maker, checker)
    draft = await approvals.unschedule(leaflets, "a", maker)
    assert (draft.state, draft.checker_id, draft.scheduled_at) == (State.DRAFT, None, None)
    time_machine(hours=2)
    assert await approvals.go_live_due([leaflets]) == 0
    with pytest.raises(Conflict):
        await approvals.approve(leaflets, "a", checker)
    assert went_live == []


async def test_what_became_impossible_is_a_draft_again_with_the_reason(
    leaflets: Kind, went_live: list[int], maker: OperatorIdentity, checker: OperatorIdentity, time_machine: TimeMachine
) -> None:
    waiting = await scheduled(leaflets, maker, checker)
    await db.execute(
        "UPDATE configuration SET body = $2::jsonb WHERE id = $1", waiting.id, '{"title": "x", "pages": 0}'
    )
    time_machine(hours=2)
    assert await approvals.go_live_due([leaflets]) == 1
    assert await approvals.go_live_due([leaflets]) == 0
    reading = await approvals.read("leaflets", "a", maker)
    assert reading.latest.state == State.DRAFT
    assert "pages: at least 1" in (reading.latest.reject_reason or "")
    assert went_live == []


async def test_a_scheduled_version_is_not_written_over(
    leaflets: Kind, maker: OperatorIdentity, checker: OperatorIdentity
) -> None:
    await scheduled(leaflets, maker, checker)
    with pytest.raises(Conflict) as refused:
        await approvals.save_draft(leaflets, "a", leaflets.definition("slipped in"), maker)
    assert refused.value.code == "configuration.submitted"


async def test_a_time_that_is_past_is_refused(
    leaflets: Kind, maker: OperatorIdentity, checker: OperatorIdentity
) -> None:
    await approvals.save_draft(leaflets, "a", leaflets.definition("one"), maker)
    await approvals.submit(leaflets, "a", maker)
    with pytest.raises(RuleViolated) as refused:
        await approvals.approve(leaflets, "a", checker, live_at=clock.now() - HOUR)
    assert refused.value.code == "approval.time_is_past"
    assert (await approvals.read("leaflets", "a", maker)).latest.state == State.SUBMITTED


async def test_the_maker_schedules_nothing(leaflets: Kind, both: OperatorIdentity) -> None:
    await approvals.save_draft(leaflets, "a", leaflets.definition("one"), both)
    await approvals.submit(leaflets, "a", both)
    with pytest.raises(Forbidden):
        await approvals.approve(leaflets, "a", both, live_at=clock.now() + HOUR)


async def test_the_database_schedules_nothing_unchecked_or_without_a_time(
    leaflets: Kind, maker: OperatorIdentity, checker: OperatorIdentity
) -> None:
    version = (await approvals.save_draft(leaflets, "a", leaflets.definition("one"), maker)).version
    with pytest.raises(asyncpg.CheckViolationError, match="live_was_checked"):
        await db.execute("UPDATE configuration SET state = 'scheduled', scheduled_at = now() WHERE id = $1", version.id)
    with pytest.raises(asyncpg.CheckViolationError, match="scheduled_has_a_time"):
        await db.execute(
            "UPDATE configuration SET state = 'scheduled', checker_id = $2 WHERE id = $1",
            version.id,
            checker.operator_id,
        )
