"""Above the limit a compensation waits for a third person."""

import asyncio
from itertools import count
from typing import Any

import asyncpg
import msgspec
import pytest

from domain import compensations, coupons
from domain.approvals import APPROVAL_LIMITS
from domain.compensations import Compensation, CompensationRequest, CompensationState
from domain.operators import OperatorIdentity, Role
from domain.reconciliation import reconcile
from kit import database
from kit.errors import Conflict, DomainError
from tests.domain.coupons.stage import CHECKER, MAKER, new_customers, publish, publish_template

BUDGET = OperatorIdentity(70, "budget", "预算", frozenset({Role.BUDGET_APPROVER}), "HQ")
EVERYTHING = OperatorIdentity(71, "everything", "全能", frozenset(Role), "HQ")
TWIN = OperatorIdentity(72, "twin", "全能二", frozenset(Role), "HQ")
_keys = count(1)


@pytest.fixture(autouse=True)
async def customer(database: str) -> int:
    """A customer, a coupon of 400 fen, a dear one of 2,000, and a limit of 1,000."""
    await publish_template("free7", cost_fen=400)
    await publish_template("dear", cost_fen=2_000)
    await publish(APPROVAL_LIMITS, "default", {"budget_fen": 1_000})
    [customer_id] = await new_customers(1)
    return customer_id


async def ask(operator: OperatorIdentity = MAKER, **asked: Any) -> Compensation:
    request = msgspec.convert({"reason": "sorry", **asked}, CompensationRequest)
    number = str(await database.fetchval("SELECT customer_no FROM customer"))
    return (await compensations.make(operator, number, request, f"k{next(_keys)}")).compensation


async def refusal(doing: Any) -> str:
    with pytest.raises(DomainError) as refused:
        await doing
    return refused.value.code


async def test_above_the_limit_nothing_is_granted_before_a_third_has_agreed(customer: int) -> None:
    cheap = await ask(coupon="free7")
    assert (await compensations.approve(CHECKER, cheap.id)).state == CompensationState.GRANTED
    one = await ask(coupon="dear")
    checked = await compensations.approve(CHECKER, one.id, one.content_hash)
    assert (checked.state, checked.over_limit, checked.decided_at) == (CompensationState.CHECKED, True, None)
    assert len(await coupons.wallet(customer, None, None, 10)) == 1
    assert await reconcile() == []
    granted = await compensations.approve_budget(BUDGET, one.id, one.content_hash)
    assert (granted.state, granted.checker_id, granted.budget_approver_id) == ("granted", CHECKER.operator_id, 70)
    assert len(await coupons.wallet(customer, None, None, 10)) == 2
    assert await reconcile() == []


async def test_nobody_is_two_of_the_three() -> None:
    own = await ask(EVERYTHING, coupon="dear")
    await compensations.approve(CHECKER, own.id)
    assert await refusal(compensations.approve_budget(EVERYTHING, own.id)) == "approval.maker_is_checker"
    assert await refusal(compensations.reject(EVERYTHING, own.id, "no")) == "approval.maker_is_checker"
    twice = await ask(coupon="dear")
    await compensations.approve(EVERYTHING, twice.id)
    assert await refusal(compensations.approve_budget(EVERYTHING, twice.id)) == "approval.same_approver"
    assert await refusal(compensations.approve_budget(CHECKER, twice.id)) == "operator.missing_role"
    for column in ("maker_id", "checker_id"):
        with pytest.raises(asyncpg.CheckViolationError, match="budget_approver_is_a_third"):
            await database.execute(
                f"UPDATE compensation SET state = 'granted', decided_at = now(), budget_approver_id = {column}"
            )


async def test_of_two_budget_approvers_at_once_one_counts(customer: int) -> None:
    one = await ask(coupon="dear")
    await compensations.approve(CHECKER, one.id)
    outcomes = await asyncio.gather(
        *(compensations.approve_budget(who, one.id) for who in (BUDGET, EVERYTHING, TWIN) * 2), return_exceptions=True
    )
    assert len([found for found in outcomes if isinstance(found, Compensation)]) == 1
    assert [found.code for found in outcomes if isinstance(found, Conflict)] == ["compensation.wrong_state"] * 5
    assert len(await coupons.wallet(customer, None, None, 10)) == 1


async def test_of_two_who_hold_both_roles_neither_approval_counts_as_the_other(customer: int) -> None:
    one = await ask(coupon="dear")
    outcomes = await asyncio.gather(
        *(compensations.approve(who, one.id) for who in (EVERYTHING, TWIN) * 3), return_exceptions=True
    )
    states = [found.state for found in outcomes if isinstance(found, Compensation)]
    assert states == [CompensationState.CHECKED]
    assert await coupons.wallet(customer, None, None, 10) == []


async def test_a_replayed_approval_finds_nothing_to_agree_to() -> None:
    one = await ask(coupon="dear")
    assert await refusal(compensations.approve_budget(BUDGET, one.id)) == "compensation.wrong_state"
    await compensations.approve(CHECKER, one.id, one.content_hash)
    assert await refusal(compensations.approve(CHECKER, one.id, one.content_hash)) == "compensation.wrong_state"
    assert await refusal(compensations.approve_budget(BUDGET, one.id, "0" * 64)) == "approval.content_changed"
    await compensations.approve_budget(BUDGET, one.id, one.content_hash)
    assert await refusal(compensations.approve_budget(BUDGET, one.id, one.content_hash)) == "compensation.wrong_state"


async def test_what_cannot_be_granted_stays_checked(customer: int) -> None:
    await publish_template("dear", cost_fen=2_000, per_person=1)
    first, second = await ask(coupon="dear"), await ask(coupon="dear")
    for one in (first, second):
        await compensations.approve(CHECKER, one.id)
    await compensations.approve_budget(BUDGET, first.id)
    assert await refusal(compensations.approve_budget(BUDGET, second.id)) == "coupon.personal_cap"
    assert (await compensations.read(CHECKER, second.id)).state == CompensationState.CHECKED


async def test_whoever_it_waits_for_refuses_it() -> None:
    one = await ask(coupon="dear")
    assert await refusal(compensations.reject(BUDGET, one.id, "太贵")) == "operator.missing_role"
    await compensations.approve(CHECKER, one.id)
    assert await refusal(compensations.reject(CHECKER, one.id, "反悔")) == "operator.missing_role"
    rejected = await compensations.reject(BUDGET, one.id, "太贵")
    assert (rejected.state, rejected.checker_id, rejected.budget_approver_id) == ("rejected", CHECKER.operator_id, 70)
    assert await reconcile() == []
