"""Above the limit an issue waits for a third person, for the customers and at the cost the checker has agreed to."""

import asyncio
from typing import Any

import asyncpg
import pytest

from domain import approvals, coupon_issues, coupons
from domain.approvals import APPROVAL_LIMITS
from domain.coupon_issues import CouponIssue, IssueState
from domain.operators import OperatorIdentity, Role
from kit import database
from kit.errors import Conflict, DomainError
from tests.domain.coupon_issues.stage import made, owners, worked, wrong
from tests.domain.coupons.stage import CHECKER, new_customers, publish, publish_template

BUDGET = OperatorIdentity(70, "budget", "预算", frozenset({Role.BUDGET_APPROVER}), "HQ")
EVERYTHING = OperatorIdentity(71, "everything", "全能", frozenset(Role), "HQ")
TWIN = OperatorIdentity(72, "twin", "全能二", frozenset(Role), "HQ")


@pytest.fixture(autouse=True)
async def people(database: str) -> list[int]:
    """Three customers, a coupon of 400 fen, and a limit of 1,000."""
    await publish_template("free7", cost_fen=400)
    await publish(APPROVAL_LIMITS, "default", {"budget_fen": 1_000})
    return await new_customers(3)


async def refusal(doing: Any) -> str:
    with pytest.raises(DomainError) as refused:
        await doing
    return refused.value.code


async def checked(**asked: Any) -> CouponIssue:
    """An issue above the limit a checker has agreed to."""
    return await coupon_issues.approve(CHECKER, (await made(**asked)).id)


async def test_up_to_the_limit_two_are_enough(people: list[int]) -> None:
    await database.execute("DELETE FROM customer WHERE id = $1", people[0])
    issue = await checked()
    assert (issue.state, issue.cost_fen, issue.over_limit) == (IssueState.RUNNING, 800, False)


async def test_above_it_nothing_is_issued_before_a_third_has_agreed(people: list[int]) -> None:
    asked = await made()
    assert asked.cost_fen == 1_200
    issue = await coupon_issues.approve(CHECKER, asked.id, asked.content_hash)
    assert (issue.state, issue.approved_at, issue.over_limit) == (IssueState.CHECKED, None, True)
    assert (await worked(issue.id)).issued == 0
    assert await wrong() == []
    running = await coupon_issues.approve_budget(BUDGET, issue.id, issue.content_hash)
    assert (running.state, running.checker_id, running.budget_approver_id) == ("running", CHECKER.operator_id, 70)
    assert (await worked(issue.id)).issued == 3
    assert await wrong() == []


async def test_customers_and_cost_are_those_of_the_checkers_approval(people: list[int]) -> None:
    asked = await made()
    await new_customers(1)
    issue = await coupon_issues.approve(CHECKER, asked.id)
    assert (issue.total, issue.cost_fen) == (4, 1_600)
    await new_customers(5)
    await publish_template("free7", cost_fen=500)
    running = await coupon_issues.approve_budget(BUDGET, issue.id)
    assert (running.total, running.cost_fen) == (4, 1_600)
    assert (await worked(issue.id)).issued == 4
    assert await wrong() == []


async def test_a_template_that_is_paused_meanwhile_costs_as_much(people: list[int]) -> None:
    asked = await made()
    await approvals.pause(coupons.TEMPLATES, "free7", CHECKER)
    issue = await coupon_issues.approve(CHECKER, asked.id)
    assert (issue.state, issue.cost_fen) == (IssueState.CHECKED, 1_200)


async def test_nobody_is_two_of_the_three() -> None:
    own = await made(EVERYTHING)
    assert await refusal(coupon_issues.approve(EVERYTHING, own.id)) == "approval.maker_is_checker"
    await coupon_issues.approve(CHECKER, own.id)
    assert await refusal(coupon_issues.approve_budget(EVERYTHING, own.id)) == "approval.maker_is_checker"
    twice = await coupon_issues.approve(EVERYTHING, (await made()).id)
    assert await refusal(coupon_issues.approve_budget(EVERYTHING, twice.id)) == "approval.same_approver"
    assert await refusal(coupon_issues.reject(EVERYTHING, twice.id, "反悔")) == "approval.same_approver"
    assert await refusal(coupon_issues.approve_budget(CHECKER, twice.id)) == "operator.missing_role"
    for column in ("maker_id", "checker_id"):
        with pytest.raises(asyncpg.CheckViolationError, match="budget_approver_is_a_third"):
            await database.execute(
                f"UPDATE coupon_issue SET state = 'running', due_at = now(), approved_at = now(),"
                f" budget_approver_id = {column} WHERE id = $1",
                twice.id,
            )


async def test_of_two_budget_approvers_at_once_one_counts() -> None:
    issue = await checked()
    outcomes = await asyncio.gather(
        *(coupon_issues.approve_budget(one, issue.id) for one in (BUDGET, EVERYTHING, TWIN) * 2),
        return_exceptions=True,
    )
    assert len([one for one in outcomes if isinstance(one, CouponIssue)]) == 1
    assert [one.code for one in outcomes if isinstance(one, Conflict)] == ["coupon_issue.wrong_state"] * 5
    assert (await worked(issue.id)).issued == 3


async def test_of_two_who_hold_both_roles_neither_approval_counts_as_the_other() -> None:
    issue = await made()
    outcomes = await asyncio.gather(
        *(coupon_issues.approve(one, issue.id) for one in (EVERYTHING, TWIN) * 3), return_exceptions=True
    )
    assert [one.state for one in outcomes if isinstance(one, CouponIssue)] == [IssueState.CHECKED]
    assert [one.code for one in outcomes if isinstance(one, Conflict)] == ["coupon_issue.wrong_state"] * 5
    assert await owners(issue.id) == []


async def test_a_replayed_approval_finds_nothing_to_agree_to() -> None:
    issue = await made()
    assert await refusal(coupon_issues.approve_budget(BUDGET, issue.id)) == "coupon_issue.wrong_state"
    await coupon_issues.approve(CHECKER, issue.id, issue.content_hash)
    assert await refusal(coupon_issues.approve(CHECKER, issue.id, issue.content_hash)) == "coupon_issue.wrong_state"
    await coupon_issues.approve_budget(BUDGET, issue.id, issue.content_hash)
    assert (
        await refusal(coupon_issues.approve_budget(BUDGET, issue.id, issue.content_hash)) == "coupon_issue.wrong_state"
    )


async def test_only_what_the_budget_approver_has_read_begins() -> None:
    issue = await checked()
    assert await refusal(coupon_issues.approve_budget(BUDGET, issue.id, "0" * 64)) == "approval.content_changed"
    await database.execute("UPDATE coupon_issue SET body = jsonb_set(body, '{template}', '\"other\"')")
    assert await refusal(coupon_issues.approve_budget(BUDGET, issue.id)) == "approval.content_changed"


async def test_whoever_it_waits_for_refuses_it() -> None:
    issue = await made()
    assert await refusal(coupon_issues.reject(BUDGET, issue.id, "太贵")) == "operator.missing_role"
    await coupon_issues.approve(CHECKER, issue.id)
    assert await refusal(coupon_issues.reject(CHECKER, issue.id, "反悔")) == "operator.missing_role"
    rejected = await coupon_issues.reject(BUDGET, issue.id, "太贵")
    assert (rejected.state, rejected.reject_reason, rejected.budget_approver_id) == ("rejected", "太贵", 70)
    assert await refusal(coupon_issues.approve_budget(EVERYTHING, issue.id)) == "coupon_issue.wrong_state"
    assert await wrong() == []


async def test_a_checked_issue_can_be_cancelled_and_never_begins() -> None:
    issue = await checked()
    await coupon_issues.cancel(CHECKER, issue.id)
    assert await refusal(coupon_issues.approve_budget(BUDGET, issue.id)) == "coupon_issue.wrong_state"
    assert await wrong() == []
