"""Compensations: granted once, by four eyes, within ceilings, to customers of the operator's branch."""

import asyncio
from itertools import count
from typing import Any

import asyncpg
import msgspec
import pytest

from domain import compensations, coupons, experience, messages
from domain.compensations import COMPENSATION_LIMITS, Compensation, CompensationRequest, CompensationState
from domain.messages import MESSAGE_TEMPLATES
from domain.operators import OperatorIdentity, Role
from domain.reconciliation import reconcile
from kit import database
from kit.errors import DomainError
from tests.domain.benefits.stage import benefit
from tests.domain.coupon_issues.stage import BOTH, BRANCH_MAKER, OTHER_BRANCH
from tests.domain.coupons.stage import CHECKER, MAKER, broken, new_customers, publish, publish_template
from tests.domain.tasks.time_machine import TimeMachine

pytestmark = pytest.mark.usefixtures("database")
_keys = count(1)


@pytest.fixture(autouse=True)
async def customer(database: str) -> tuple[int, str]:
    """Id and number of a customer of Shanghai."""
    [customer_id] = await new_customers(1)
    sql = "UPDATE customer SET branch = 'SH', name = '张小明' WHERE id = $1 RETURNING customer_no"
    return customer_id, await _fetchval(sql, customer_id)


async def _fetchval(sql: str, *values: Any) -> Any:
    return await database.fetchval(sql, *values)


async def number() -> str:
    return str(await database.fetchval("SELECT customer_no FROM customer WHERE branch = 'SH'"))


async def ask(operator: OperatorIdentity = MAKER, key: str | None = None, **asked: Any) -> Compensation:
    request = msgspec.convert({"reason": "sorry", **asked}, CompensationRequest)
    return (await compensations.make(operator, await number(), request, key or f"k{next(_keys)}")).compensation


async def refusal(doing: Any) -> DomainError:
    with pytest.raises(DomainError) as refused:
        await doing
    return refused.value


async def kept() -> int:
    return int(await database.fetchval("SELECT count(*) FROM compensation"))


async def test_each_kind_is_granted_once_after_a_checker_has_approved(customer: tuple[int, str]) -> None:
    await publish_template("free7")
    await benefit("lounge", stock_mode="unlimited")
    for asked in ({"coupon": "free7"}, {"experience": 30}, {"benefit": "lounge"}):
        one = await ask(**asked)
        assert (one.state, await reconcile()) == (CompensationState.SUBMITTED, [])
        granted = await compensations.approve(CHECKER, one.id, one.content_hash)
        assert granted.state == CompensationState.GRANTED
        assert (await refusal(compensations.approve(CHECKER, one.id))).code == "compensation.wrong_state"
        assert (await refusal(compensations.reject(CHECKER, one.id, "late"))).code == "compensation.wrong_state"
    assert len(await coupons.wallet(customer[0], None, None, 10)) == 1
    assert (await experience.standing(customer[0])).balance == 30
    assert await database.fetchval("SELECT count(*) FROM benefit_grant") == 1
    assert await reconcile() == []
    assert await broken() == {}


async def test_many_approvals_at_once_grant_once(customer: tuple[int, str]) -> None:
    await publish_template("free7", per_person=None)
    one = await ask(coupon="free7")
    checkers = [OperatorIdentity(50 + n, f"c{n}", "复核", frozenset({Role.CHECKER}), "HQ") for n in range(6)]
    outcomes = await asyncio.gather(
        *(compensations.approve(checker, one.id) for checker in checkers), return_exceptions=True
    )
    assert sum(isinstance(outcome, Compensation) for outcome in outcomes) == 1
    assert len(await coupons.wallet(customer[0], None, None, 10)) == 1


async def test_what_cannot_be_granted_stays_submitted_and_changes_nothing() -> None:
    await publish_template("free7", per_person=1)
    first, second = await ask(coupon="free7"), await ask(coupon="free7")
    await compensations.approve(CHECKER, first.id)
    assert (await refusal(compensations.approve(CHECKER, second.id))).code == "coupon.personal_cap"
    assert (await compensations.read(CHECKER, second.id)).state == CompensationState.SUBMITTED
    await publish_template("free7", per_person=2)
    assert (await compensations.approve(CHECKER, second.id)).state == CompensationState.GRANTED
    assert await reconcile() == []


async def test_maker_and_checker_are_two_in_the_database_too() -> None:
    one = await ask(BOTH, experience=1)
    for doing in (compensations.approve(BOTH, one.id), compensations.reject(BOTH, one.id, "no")):
        assert (await refusal(doing)).code == "approval.maker_is_checker"
    with pytest.raises(asyncpg.CheckViolationError):
        await database.execute("UPDATE compensation SET state = 'granted', checker_id = maker_id, decided_at = now()")
    assert (await refusal(compensations.approve(MAKER, one.id))).code == "operator.missing_role"
    assert (await refusal(ask(CHECKER, experience=1))).code == "operator.missing_role"


async def test_only_what_the_checker_has_read_is_granted() -> None:
    one = await ask(experience=1)
    assert (await refusal(compensations.approve(CHECKER, one.id, "0" * 64))).code == "approval.content_changed"
    await database.execute("UPDATE compensation SET amount = 900")
    assert (await refusal(compensations.approve(CHECKER, one.id))).code == "approval.content_changed"
    assert await database.fetchval("SELECT count(*) FROM experience_entry") == 0


async def test_another_branch_neither_gives_nor_sees() -> None:
    await database.execute("UPDATE customer SET branch = 'SH'")
    one = await ask(BRANCH_MAKER, experience=1)
    assert (await refusal(ask(OTHER_BRANCH, experience=1))).code == "customer.not_found"
    for doing in (
        compensations.read(OTHER_BRANCH, one.id),
        compensations.approve(OTHER_BRANCH, one.id),
        compensations.reject(OTHER_BRANCH, one.id, "no"),
    ):
        assert (await refusal(doing)).code == "compensation.not_found"
    assert await compensations.list_(OTHER_BRANCH) == []
    assert [found.id for found in await compensations.list_(BRANCH_MAKER)] == [one.id]


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ({}, "coupon"),
        ({"coupon": "free7", "experience": 5}, "coupon"),
        ({"coupon": "nothing"}, "coupon"),
        ({"benefit": "nothing"}, "benefit"),
        ({"experience": 5, "message": "nothing"}, "message"),
        ({"experience": 1_001}, "experience"),
        ({"coupon": "dear"}, "coupon"),
    ],
)
async def test_what_is_impossible_is_refused_with_its_path(asked: dict[str, Any], path: str) -> None:
    await publish_template("free7")
    await publish_template("dear", cost_fen=5_001)
    refused = await refusal(ask(**asked))
    assert [fault.path for fault in refused.faults] == [path]
    assert await kept() == 0


async def test_the_ceilings_are_configured_and_hold_for_an_operator_and_day(time_machine: TimeMachine) -> None:
    limits = {"each": {"experience": 60}, "per_operator_and_day": {"experience": 100, "count": 3}}
    await publish(COMPENSATION_LIMITS, "default", limits)
    first = await ask(experience=60)
    assert (await refusal(ask(experience=61))).code == "compensation.over_ceiling"
    assert (await refusal(ask(experience=41))).code == "compensation.day_ceiling"
    await ask(experience=40)
    await ask(BOTH, experience=60)
    assert (await refusal(ask(experience=1))).code == "compensation.day_ceiling"
    await compensations.reject(CHECKER, first.id, "no")
    await ask(experience=60)
    assert await kept() == 4
    time_machine(days=1)
    for amount in (1, 2, 3):
        await ask(experience=amount)
    assert (await refusal(ask(experience=4))).code == "compensation.day_ceiling"


async def test_the_ceiling_of_the_day_holds_when_many_are_asked_for_at_once() -> None:
    await publish(COMPENSATION_LIMITS, "default", {"per_operator_and_day": {"count": 3}})
    outcomes = await asyncio.gather(*(ask(experience=1) for _ in range(12)), return_exceptions=True)
    assert sum(isinstance(outcome, Compensation) for outcome in outcomes) == 3
    assert await kept() == 3


async def test_costs_count_in_fen() -> None:
    await publish_template("free7", cost_fen=400, per_person=None)
    await publish(COMPENSATION_LIMITS, "default", {"per_operator_and_day": {"cost_fen": 1_000}})
    await ask(coupon="free7")
    await ask(coupon="free7")
    assert (await refusal(ask(coupon="free7"))).code == "compensation.day_ceiling"


async def test_a_customer_is_promised_so_much_a_month_whoever_asks(time_machine: TimeMachine) -> None:
    limits = {"per_customer_and_month": {"experience": 100, "cost_fen": 1_000, "count": 4}}
    await publish(COMPENSATION_LIMITS, "default", limits)
    await publish_template("free7", cost_fen=600, per_person=None)
    first = await ask(experience=60)
    assert (await refusal(ask(BOTH, experience=41))).code == "compensation.month_ceiling"
    await ask(BOTH, experience=40)
    await ask(coupon="free7")
    assert (await refusal(ask(BOTH, coupon="free7"))).code == "compensation.month_ceiling"
    await compensations.reject(CHECKER, first.id, "no")
    await ask(experience=1)
    await ask(BOTH, experience=2)
    assert (await refusal(ask(experience=3))).code == "compensation.month_ceiling"
    await database.execute("UPDATE customer SET branch = 'SZ' WHERE branch = 'SH'")
    [other] = await new_customers(1)
    await database.execute("UPDATE customer SET branch = 'SH' WHERE id = $1", other)
    await ask(experience=3)
    await database.execute("UPDATE customer SET branch = CASE WHEN id = $1 THEN 'SZ' ELSE 'SH' END", other)
    time_machine(days=32)
    await ask(experience=3)
    assert await kept() == 7


async def test_the_ceiling_of_the_month_holds_when_several_operators_ask_at_once() -> None:
    await publish(COMPENSATION_LIMITS, "default", {"per_customer_and_month": {"count": 3}})
    makers = [OperatorIdentity(50 + n, f"m{n}", "经办", frozenset({Role.MAKER}), "HQ") for n in range(8)]
    outcomes = await asyncio.gather(*(ask(maker, experience=1) for maker in makers), return_exceptions=True)
    assert sum(isinstance(outcome, Compensation) for outcome in outcomes) == 3
    assert await kept() == 3


async def test_there_is_one_table_of_ceilings() -> None:
    assert (await refusal(publish(COMPENSATION_LIMITS, "other", {}))).code == "compensation_limits.code"


async def test_the_same_key_is_the_same_compensation() -> None:
    assert (await ask(key="k", experience=5)).id == (await ask(key="k", experience=5)).id
    assert (await refusal(ask(key="k", experience=6))).code == "idempotency.key_reused"
    together = await asyncio.gather(*(ask(key="other", experience=5) for _ in range(5)))
    assert len({one.id for one in together}) == 1
    assert await kept() == 2


async def test_the_customer_is_told_once_by_the_template_named(customer: tuple[int, str]) -> None:
    body = {
        "name": "补偿",
        "title": "{{reward}}已到账",
        "body": "{{customer}}：{{reason}}",
        "variables": [{"name": "customer"}, {"name": "reward"}, {"name": "reason"}],
    }
    await publish(MESSAGE_TEMPLATES, "sorry", body)
    await publish(
        MESSAGE_TEMPLATES,
        "wrong",
        {**body, "body": "{{reason}}{{customer}}{{task}}", "variables": [*body["variables"], {"name": "task"}]},
    )
    refused = await refusal(ask(experience=5, message="wrong"))
    assert [(fault.path, fault.code) for fault in refused.faults] == [("message", "compensation.message_variable")]
    one = await ask(experience=5, message="sorry", reason="系统故障")
    assert await messages.inbox(customer[0], only_unread=False, before=None, limit=9) == []
    await compensations.approve(CHECKER, one.id)
    [told] = await messages.inbox(customer[0], only_unread=False, before=None, limit=9)
    assert (told.title, told.body) == ("5经验值已到账", "张**：系统故障")


async def test_the_invariant_notices_what_was_granted_twice_or_not_at_all(customer: tuple[int, str]) -> None:
    one = await ask(experience=5)
    await compensations.approve(CHECKER, one.id)
    await database.execute("UPDATE compensation SET state = 'submitted', decided_at = NULL")
    assert [found.invariant for found in await reconcile()] == ["compensation.granted_once"]
    await database.execute("UPDATE compensation SET state = 'granted', decided_at = now(), amount = 6")
    assert [found.invariant for found in await reconcile()] == ["compensation.granted_once"]
