"""What was used before it could be taken back is owed once, and the policy of its task decides what follows."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import coupons, customers, events, loans, reconciliation, rewards
from domain.events import Event
from domain.loans import LoanState
from domain.loans.ask import Outcome
from domain.loans.conclude import conclude as decided
from domain.operators import OperatorIdentity, Role
from domain.rewards.rules import Owed, pay
from kit import clock, database
from kit.errors import Conflict, Forbidden, NotFound
from tests.domain.coupons.stage import CHECKER, MAKER, publish_template
from tests.domain.tasks.making import cumulative, overtaken, purchase, refund, settle, task

pytestmark = pytest.mark.usefixtures("database")
FUEL, FOOD = {"mcc": "5541"}, {"mcc": "5411"}
ONE = cumulative("purchase.count", 1, mcc={"in": ["5541"]})
LATER = cumulative("purchase.count", 1, mcc={"in": ["5411"]})
LOAN = 77


async def earned(used: str = "report", **more: Any) -> Event:
    """The purchase that earned C1 a coupon which costs 350."""
    await publish_template("free7", cost_fen=350, per_person=None)
    await task("one", ONE, rewards=[{"coupon": "free7"}], clawback={"used": used}, **more)
    bought = purchase(**FUEL)
    await tell(bought)
    return bought


async def tell(*told: Event) -> None:
    await events.ingest(list(told))
    await settle()


async def put_in_a_loan() -> int:
    coupon_id: int = await database.fetchval("SELECT id FROM coupon WHERE state = 'unused'")
    owner = await customers.id_of("C1")
    await database.execute(
        """WITH made AS (
             INSERT INTO loan (id, customer_id, idempotency_key, fingerprint, request_no, amount_fen, periods, method,
                               state, cost_table_version, cost_table_seconds, created_at, asked_at)
             VALUES ($1, $2, 'k', 'f', 'r', 1, 1, 'equal_instalment', 'processing', '1', 5, $4, $4)),
           noted AS (INSERT INTO loan_move (loan_id, after, source, moved_at) VALUES ($1, 'processing', 'test', $4))
           INSERT INTO loan_coupon (loan_id, coupon_id, position) VALUES ($1, $3, 0)""",
        LOAN,
        owner,
        coupon_id,
        clock.now(),
    )
    async with database.transaction() as connection:
        await coupons.occupy(connection, owner, coupon_id, LOAN, clock.now())
    return coupon_id


async def conclude(*, disbursed: bool) -> None:
    """The core has decided: 350 fen were taken off."""
    [coupon_id] = await database.fetchrow("SELECT coupon_id FROM loan_coupon WHERE loan_id = $1", LOAN) or []
    loan = await loans.read(await customers.id_of("C1"), LOAN)
    outcome = Outcome(LoanState.DISBURSED, None, {coupon_id: 350}) if disbursed else Outcome(LoanState.DECLINED)
    await decided(loan, outcome)


async def owing() -> list[tuple[Any, ...]]:
    rows = await database.fetch("SELECT amount, settled, policy, state FROM debt ORDER BY id")
    return [tuple(row) for row in rows]


async def coupon_states() -> list[str]:
    return [row[0] for row in await database.fetch("SELECT state FROM coupon ORDER BY id")]


async def holds() -> None:
    assert await reconciliation.reconcile() == []


async def test_a_used_coupon_is_owed_for_once_however_often_it_is_told() -> None:
    bought = await earned()
    await put_in_a_loan()
    await conclude(disbursed=True)
    back = refund(bought)
    await tell(back)
    await tell(back, refund(bought, 1, "chargeback"))
    assert (await coupon_states(), await owing()) == (["used"], [(350, 0, "report", "open")])
    await holds()


@pytest.mark.parametrize("disbursed", [True, False])
async def test_of_a_coupon_in_a_loan_the_loans_outcome_decides(disbursed: bool) -> None:
    bought = await earned()
    await put_in_a_loan()
    await tell(refund(bought))
    assert (await coupon_states(), await owing()) == (["occupied"], [])
    await conclude(disbursed=disbursed)
    await settle()
    if disbursed:
        assert (await coupon_states(), await owing()) == (["used"], [(350, 0, "report", "open")])
    else:
        assert (await coupon_states(), await owing()) == (["voided"], [])
    await holds()


@pytest.mark.parametrize("disbursed", [True, False])
async def test_the_loans_outcome_and_the_clawback_at_once(disbursed: bool) -> None:
    bought = await earned()
    await put_in_a_loan()
    await events.ingest([refund(bought)])
    await asyncio.gather(conclude(disbursed=disbursed), settle(), settle())
    await settle()
    assert await coupon_states() == (["used"] if disbursed else ["voided"])
    assert len(await owing()) == int(disbursed)
    await holds()


async def test_a_coupon_whose_reward_stands_is_left_alone_when_its_loan_is_declined() -> None:
    await earned()
    await put_in_a_loan()
    await conclude(disbursed=False)
    await settle()
    assert (await coupon_states(), await owing()) == (["unused"], [])


async def test_what_the_task_forgives_is_written_off_at_once() -> None:
    bought = await earned("write_off")
    await put_in_a_loan()
    await conclude(disbursed=True)
    await tell(refund(bought))
    assert await owing() == [(350, 0, "write_off", "written_off")]
    assert "policy" in await database.fetchval("SELECT reason FROM debt")


async def in_debt() -> None:
    """C1 owes 350, to be paid by later rewards; templates of 200, 150 and 400."""
    bought = await earned("deduct")
    await put_in_a_loan()
    await conclude(disbursed=True)
    await tell(refund(bought))
    assert await owing() == [(350, 0, "deduct", "open")]
    for cost in (200, 150, 400):
        await publish_template(f"c{cost}", cost_fen=cost, per_person=None)


async def reward(code: str, *templates: str) -> Event:
    rewards = [{"coupon": template} for template in templates]
    await task(code, LATER, rewards=[{"experience": 10}, *rewards], claim={"from": clock.now().isoformat()})
    bought = purchase(occurred_at=clock.now(), **FOOD)
    await tell(bought)
    return bought


async def states_of(code: str) -> list[str]:
    rows = await database.fetch(
        """SELECT g.state FROM reward_grant g JOIN claim c ON c.id = g.claim_id
           WHERE c.task = $1 AND g.position > 0 ORDER BY g.position""",
        code,
    )
    return [row[0] for row in rows]


async def test_later_rewards_pay_whole_or_are_given_whole() -> None:
    await in_debt()
    await reward("two", "c400", "c200")
    assert await states_of("two") == ["granted", "granted", "withheld"]
    assert await owing() == [(350, 200, "deduct", "open")]
    await reward("three", "c200", "c150", "c150")
    assert await states_of("three") == ["granted", "granted", "withheld", "granted"]
    assert await owing() == [(350, 350, "deduct", "settled")]
    held = await database.fetch("SELECT template FROM coupon WHERE state = 'unused' ORDER BY template")
    assert [row[0] for row in held] == ["c150", "c200", "c400"]
    assert await database.fetchval("SELECT state FROM claim WHERE task = 'three'") == "rewarded"
    await holds()


async def test_a_payment_whose_own_reward_was_lost_is_owed_again() -> None:
    await in_debt()
    bought = await reward("two", "c200", "c150")
    assert await owing() == [(350, 350, "deduct", "settled")]
    await tell(refund(bought))
    assert await states_of("two") == ["clawed_back", "cancelled", "cancelled"]
    assert await owing() == [(350, 0, "deduct", "open")]
    await tell(purchase(occurred_at=clock.now(), **FOOD))
    assert (await owing())[0][1:] == (350, "deduct", "settled")
    await holds()


async def test_two_completions_at_once_pay_no_more_than_is_owed() -> None:
    await in_debt()
    for code in ("two", "three", "four"):
        await task(code, LATER, rewards=[{"coupon": "c200"}], claim={"from": clock.now().isoformat()})
    await events.ingest([purchase(occurred_at=clock.now(), **FOOD)])
    await asyncio.gather(settle(), settle(), settle())
    await settle()
    assert await owing() == [(350, 200, "deduct", "open")]
    paid = [*await states_of("two"), *await states_of("three"), *await states_of("four")]
    assert sorted(paid) == ["granted", "granted", "withheld"]
    await holds()


ABROAD = OperatorIdentity(9, "sz", "深圳复核", frozenset({Role.CHECKER}), "SZ")


async def test_an_operator_writes_a_debt_off_once_and_only_in_their_branch() -> None:
    bought = await earned()
    await put_in_a_loan()
    await conclude(disbursed=True)
    await tell(refund(bought))
    [known] = await rewards.debts(CHECKER, state="open", before=None, limit=10)
    assert (known.customer_no, known.task, known.target, known.amount) == ("C1", "one", "free7", 350)
    await database.execute("UPDATE customer SET branch = 'SH'")
    assert await rewards.debts(ABROAD, state=None, before=None, limit=10) == []
    with pytest.raises(NotFound):
        await rewards.write_off(ABROAD, known.id, "不是我的")
    with pytest.raises(Forbidden):
        await rewards.write_off(MAKER, known.id, "经办")
    closed = await rewards.write_off(CHECKER, known.id, "客户投诉，予以减免")
    assert (closed.state, closed.reason) == ("written_off", "客户投诉，予以减免")
    with pytest.raises(Conflict):
        await rewards.write_off(CHECKER, known.id, "再来一次")
    with pytest.raises(NotFound):
        await rewards.write_off(CHECKER, 10**12, "没有")


async def test_a_debt_being_written_off_is_not_paid_by_a_reward_at_the_same_time() -> None:
    await in_debt()
    [known] = await rewards.debts(CHECKER, state="open", before=None, limit=10)
    await task("two", LATER, rewards=[{"coupon": "c200"}], claim={"from": clock.now().isoformat()})
    await events.ingest([purchase(occurred_at=clock.now(), **FOOD)])
    await overtaken(lambda _: rewards.write_off(CHECKER, known.id, "减免"), settle)
    assert await states_of("two") == ["granted"]
    assert await owing() == [(350, 0, "deduct", "written_off")]


@given(st.lists(st.integers(1, 500), max_size=5), st.lists(st.integers(0, 700), max_size=12))
def test_payments_are_whole_and_never_more_than_is_owed(debts: list[int], costs: list[int]) -> None:
    owed = [Owed(number, rest) for number, rest in enumerate(debts)]
    paid = [pay(grant, cost, owed) for grant, cost in enumerate(costs)]
    for cost, payments in zip(costs, paid, strict=True):
        assert not payments or sum(payment.amount for payment in payments) == cost
    for number, amount in enumerate(debts):
        mine = sum(payment.amount for payments in paid for payment in payments if payment.debt_id == number)
        assert owed[number].rest == amount - mine >= 0
    kept_back = sum(cost for cost, payments in zip(costs, paid, strict=True) if payments)
    given = [cost for cost, payments in zip(costs, paid, strict=True) if not payments and cost]
    assert not given or min(given) > sum(debts) - kept_back


async def test_a_cancelled_loan_leaves_no_debt_for_its_coupon() -> None:
    bought = await earned()
    await put_in_a_loan()
    await conclude(disbursed=True)
    await tell(refund(bought))
    assert await owing() == [(350, 0, "report", "open")]
    loan = await loans.read(await customers.id_of("C1"), LOAN)
    await decided(loan, Outcome(LoanState.CANCELLED))
    await settle()
    assert (await coupon_states(), await owing()) == (["voided"], [(350, 0, "report", "written_off")])
    await holds()
