"""Above the limit three people agree, each another one; the database says so too."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from domain import approvals, operators
from domain.approvals import APPROVAL_LIMITS, ApprovalLimits, Kind, State, Version
from domain.operators import HEAD_OFFICE, OperatorIdentity, Role
from kit import clock
from kit import database as db
from kit.errors import Conflict, Forbidden, RuleViolated
from tests.domain.tasks.time_machine import TimeMachine

LIMIT = 1_000


@pytest.fixture
async def budget_approver(database: str) -> OperatorIdentity:
    return await operators.ensure("budget", "预算", "budget-password", [Role.BUDGET_APPROVER], HEAD_OFFICE)


@pytest.fixture
async def everything(database: str) -> OperatorIdentity:
    return await operators.ensure("everything", "全能", "every-password", list(Role), HEAD_OFFICE)


@pytest.fixture
async def dear(leaflets: Kind, maker: OperatorIdentity, checker: OperatorIdentity) -> Kind:
    """Leaflets of which each page costs 100 fen, where more than 1,000 need a budget approver."""
    await approvals.save_draft(APPROVAL_LIMITS, "default", ApprovalLimits(LIMIT), maker)
    await approvals.submit(APPROVAL_LIMITS, "default", maker)
    assert (await approvals.approve(APPROVAL_LIMITS, "default", checker)).state == State.LIVE
    return replace(leaflets, cost=lambda leaflet: leaflet.pages * 100)


async def submitted(kind: Kind, maker: OperatorIdentity, pages: int = 11) -> Version:
    await approvals.save_draft(kind, "a", kind.definition("one", pages), maker)
    return await approvals.submit(kind, "a", maker)


async def test_up_to_the_limit_two_are_enough(
    dear: Kind, went_live: list[int], maker: OperatorIdentity, checker: OperatorIdentity
) -> None:
    await submitted(dear, maker, pages=10)
    live = await approvals.approve(dear, "a", checker)
    assert (live.state, live.cost_fen, live.over_limit) == (State.LIVE, LIMIT, False)


async def test_above_it_a_third_person_makes_it_live(
    dear: Kind,
    went_live: list[int],
    maker: OperatorIdentity,
    checker: OperatorIdentity,
    budget_approver: OperatorIdentity,
) -> None:
    await submitted(dear, maker)
    assert await approvals.pending(budget_approver) == []
    checked = await approvals.approve(dear, "a", checker)
    assert (checked.state, checked.live_at, went_live) == (State.CHECKED, None, [])
    assert [one.place.id for one in await approvals.pending(budget_approver)] == [checked.id]
    live = await approvals.approve_budget(dear, "a", budget_approver, checked.content_hash)
    assert (live.state, live.budget_approver_id, went_live) == (State.LIVE, budget_approver.operator_id, [1])
    assert [one.act for one in await approvals.history("leaflets", "a", maker)] == [
        "approve_budget",
        "check",
        "submit",
        "write",
    ]


async def test_nobody_is_two_of_the_three(
    dear: Kind, went_live: list[int], checker: OperatorIdentity, everything: OperatorIdentity, maker: OperatorIdentity
) -> None:
    await submitted(dear, everything)
    with pytest.raises(Forbidden) as refused:
        await approvals.approve(dear, "a", everything)
    assert refused.value.code == "approval.maker_is_checker"
    await approvals.approve(dear, "a", checker)
    with pytest.raises(Forbidden) as refused:  # the maker, through another role
        await approvals.approve_budget(dear, "a", everything)
    assert refused.value.code == "approval.maker_is_checker"
    with pytest.raises(Forbidden):
        await approvals.approve_budget(dear, "a", checker)

    await approvals.reject(dear, "a", replace_roles(everything, Role.BUDGET_APPROVER), "太贵")
    await submitted(dear, maker)
    await approvals.approve(dear, "a", everything)
    with pytest.raises(Forbidden) as refused:
        await approvals.approve_budget(dear, "a", everything)
    assert refused.value.code == "approval.same_approver"
    assert went_live == []


def replace_roles(operator: OperatorIdentity, *roles: Role) -> OperatorIdentity:
    return OperatorIdentity(operator.operator_id, operator.username, operator.name, frozenset(roles), operator.branch)


async def test_the_database_wants_three_people_whatever_the_program_says(
    dear: Kind, maker: OperatorIdentity, checker: OperatorIdentity, budget_approver: OperatorIdentity
) -> None:
    await submitted(dear, maker)
    checked = await approvals.approve(dear, "a", checker)
    for column in ("maker_id", "checker_id"):
        with pytest.raises(asyncpg.CheckViolationError, match="budget_approver_is_a_third"):
            await db.execute(
                f"UPDATE configuration SET state = 'live', budget_approver_id = {column} WHERE id = $1", checked.id
            )
    with pytest.raises(asyncpg.CheckViolationError, match="over_limit_was_approved"):
        await db.execute("UPDATE configuration SET state = 'live' WHERE id = $1", checked.id)
    with pytest.raises(asyncpg.CheckViolationError, match="checked_is_over_limit"):
        await db.execute("UPDATE configuration SET over_limit = false WHERE id = $1", checked.id)


async def test_of_two_who_hold_both_roles_neither_approval_counts_as_the_other(
    dear: Kind, went_live: list[int], maker: OperatorIdentity, everything: OperatorIdentity
) -> None:
    twin = await operators.ensure("twin", "全能二", "every-password", list(Role), HEAD_OFFICE)
    await submitted(dear, maker)
    outcomes = await asyncio.gather(
        *(approvals.approve(dear, "a", one) for one in (everything, twin) * 3), return_exceptions=True
    )
    assert [one.state for one in outcomes if isinstance(one, Version)] == [State.CHECKED]
    refusals = [one.code for one in outcomes if isinstance(one, Conflict)]
    assert refusals == ["configuration.wrong_state"] * 5
    assert went_live == []


async def test_of_two_budget_approvers_at_once_one_counts(
    dear: Kind,
    went_live: list[int],
    maker: OperatorIdentity,
    checker: OperatorIdentity,
    budget_approver: OperatorIdentity,
    everything: OperatorIdentity,
) -> None:
    await submitted(dear, maker)
    await approvals.approve(dear, "a", checker)
    outcomes = await asyncio.gather(
        *(approvals.approve_budget(dear, "a", one) for one in (budget_approver, everything) * 3),
        return_exceptions=True,
    )
    assert len([one for one in outcomes if isinstance(one, Version)]) == 1
    assert [one.code for one in outcomes if isinstance(one, Conflict)] == ["configuration.wrong_state"] * 5
    assert went_live == [1]


async def test_a_budget_approver_sends_back_only_what_waits_for_them(
    dear: Kind, maker: OperatorIdentity, checker: OperatorIdentity, budget_approver: OperatorIdentity
) -> None:
    await submitted(dear, maker)
    with pytest.raises(Forbidden):
        await approvals.reject(dear, "a", budget_approver, "太贵")
    await approvals.approve(dear, "a", checker)
    with pytest.raises(Forbidden):
        await approvals.reject(dear, "a", checker, "反悔")
    draft = await approvals.reject(dear, "a", budget_approver, "太贵")
    assert (draft.state, draft.checker_id, draft.over_limit, draft.reject_reason) == (State.DRAFT, None, False, "太贵")


async def test_an_approved_schedule_waits_for_the_budget_too(
    dear: Kind,
    went_live: list[int],
    maker: OperatorIdentity,
    checker: OperatorIdentity,
    budget_approver: OperatorIdentity,
    time_machine: TimeMachine,
) -> None:
    await submitted(dear, maker)
    await approvals.approve(dear, "a", checker, live_at=clock.now() + timedelta(hours=1))
    time_machine(minutes=30)
    assert (await approvals.approve_budget(dear, "a", budget_approver)).state == State.SCHEDULED
    time_machine(hours=1)
    assert await approvals.go_live_due([dear]) == 1
    assert went_live == [1]


async def test_the_limits_are_not_lifted_by_the_two_they_are_for(
    dear: Kind,
    maker: OperatorIdentity,
    checker: OperatorIdentity,
    budget_approver: OperatorIdentity,
) -> None:
    await approvals.save_draft(APPROVAL_LIMITS, "default", ApprovalLimits(10**12), maker)
    await approvals.submit(APPROVAL_LIMITS, "default", maker)
    assert (await approvals.approve(APPROVAL_LIMITS, "default", checker)).state == State.CHECKED
    await approvals.end(APPROVAL_LIMITS, "default", checker)
    await submitted(dear, maker)
    assert (await approvals.approve(dear, "a", checker)).state == State.CHECKED
    found = await approvals.limits()
    assert found is not None
    assert found.budget_fen == LIMIT


async def test_there_is_one_document_of_limits(maker: OperatorIdentity) -> None:
    with pytest.raises(RuleViolated) as refused:
        await approvals.save_draft(APPROVAL_LIMITS, "other", ApprovalLimits(1), maker)
    assert refused.value.code == "approval_limits.code"
    assert await approvals.list_(APPROVAL_LIMITS.name, maker) == []
