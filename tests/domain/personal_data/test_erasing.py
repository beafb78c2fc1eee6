"""An account is erased a week after its customer asked: the person is gone, every book still adds up."""

import asyncio
from datetime import timedelta

import pytest

from domain import benefits, customers, events, personal_data
from domain.benefits import IssueFailure, IssueOrder
from domain.customers import bind, load_session, sign_in_by_ticket
from domain.personal_data import COOLING_OFF, cancel_deletion, deletion_of, request_deletion, request_export
from domain.reconciliation import reconcile
from kit import clock, database
from kit.errors import Conflict, Forbidden, NotFound
from tests.domain.coupons.stage import new_customers
from tests.domain.customers.partners import HOLDER, Bank, bound, visitor
from tests.domain.personal_data.stage import CUSTOMER, somebody, work
from tests.domain.tasks.following import ONCE
from tests.domain.tasks.making import claims_of, experience_of, overtaken, purchase, settle, state_of, task
from tests.domain.tasks.time_machine import TimeMachine

LOAN = """INSERT INTO loan (customer_id, request_no, idempotency_key, fingerprint, amount_fen, periods, method, state,
                            cost_table_version, cost_table_seconds, created_at, decided_at)
          VALUES ($1, 'L1', 'k', '', 100000, 3, 'equal_instalment', $2, 'v1', 5, $3, $4)"""
PERSONAL = (HOLDER.name, CUSTOMER, "openid1", "壳牌", "merchant-17", "018823", "first已完成", "13800001234")


async def erased_by(time_machine: TimeMachine, customer_id: int) -> None:
    await request_deletion(customer_id)
    time_machine(days=7)
    await work()


async def everything_stored() -> str:
    """Every row of every table as text."""
    tables = await database.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return "\n".join(
        [str(await database.fetch(f'SELECT t::text FROM "{row[0]}" t')) for row in tables if row[0] != "configuration"]
    )


async def test_nothing_of_the_person_is_left_and_every_invariant_holds(bank: Bank, time_machine: TimeMachine) -> None:
    mine = await somebody(bank)
    await request_export(mine.customer_id)
    await work()
    await database.execute("INSERT INTO wechat_follower (openid, followed, changed_at) VALUES ('openid1', true, now())")
    before = await everything_stored()
    assert [word for word in PERSONAL if word not in before] == ["13800001234"]
    await erased_by(time_machine, mine.customer_id)
    after = await everything_stored()
    assert [word for word in PERSONAL if word in after] == []
    assert await load_session(mine.session_id) is None
    assert await reconcile() == []
    row = await database.fetchrow("SELECT * FROM customer WHERE id = $1", mine.customer_id)
    assert row is not None
    assert (row["name"], row["card_product"], row["billing_day"], row["branch"]) == ("", None, None, "SH")
    with pytest.raises(NotFound):
        await customers.id_of(CUSTOMER)


async def test_what_was_earned_and_used_stays_in_the_books(bank: Bank, time_machine: TimeMachine) -> None:
    mine = await somebody(bank)
    await erased_by(time_machine, mine.customer_id)
    states = {
        name: [
            row[0]
            for row in await database.fetch(
                f"SELECT state FROM {name} WHERE customer_id = $1 ORDER BY id", mine.customer_id
            )
        ]
        for name in ("claim", "coupon", "benefit_grant", "reward_grant", "task_offer", "data_export")
    }
    assert states == {
        "claim": ["rewarded", "cancelled"],
        "coupon": ["voided"],
        "benefit_grant": ["voided"],
        "reward_grant": ["granted"] * 3,
        "task_offer": ["withdrawn"],
        "data_export": [],
    }
    kept = await database.fetchrow(
        """SELECT (SELECT sum(amount) FROM experience_entry WHERE customer_id = $1) AS experience,
                  (SELECT sum(amount_fen) FROM event WHERE customer_id = $1) AS spent,
                  (SELECT count(*) FROM consent WHERE customer_id = $1) AS consents""",
        mine.customer_id,
    )
    assert kept is not None
    assert tuple(kept) == (100, 10_000, 1)


async def test_what_would_be_lost_is_listed_first(bank: Bank) -> None:
    mine = await somebody(bank)
    prospect = await deletion_of(mine.customer_id)
    assert (prospect.deletion, prospect.running_loans) == (None, 0)
    assert [(loss.kind, loss.name, loss.amount) for loss in prospect.losses] == [
        ("experience", "经验", 100),
        ("coupon", "7天免息券", 1),
        ("benefit", "咖啡券", 1),
        ("task", "running", 1),
    ]
    [other] = await new_customers()
    assert (await deletion_of(other)).losses == []


async def test_it_takes_a_week_and_may_be_cancelled_until_then(bank: Bank, time_machine: TimeMachine) -> None:
    mine = await bound()
    answers = await asyncio.gather(*(request_deletion(mine.customer_id) for _ in range(4)))
    assert sorted(fresh for _, fresh in answers) == [False] * 3 + [True]
    deletion = answers[0][0]
    assert deletion.due_at - deletion.requested_at == COOLING_OFF
    assert (await deletion_of(mine.customer_id)).deletion == deletion
    time_machine(days=6, hours=23, minutes=59)
    await work()
    for _ in range(2):
        await cancel_deletion(mine.customer_id)
    time_machine(days=1)
    await work()
    assert (await deletion_of(mine.customer_id)).deletion is None
    assert (await customers.profile(mine.customer_id)).name == HOLDER.name
    await erased_by(time_machine, mine.customer_id)
    assert (await customers.profile(mine.customer_id)).name == ""


async def test_cancelled_at_the_last_moment_nothing_is_erased(bank: Bank, time_machine: TimeMachine) -> None:
    mine = await bound()
    await request_deletion(mine.customer_id)
    time_machine(days=7)
    await overtaken(lambda _connection: cancel_deletion(mine.customer_id), personal_data.erase_due)
    assert (await customers.profile(mine.customer_id)).name == HOLDER.name


@pytest.mark.parametrize(
    ("state", "ago", "running"),
    [("processing", None, 1), ("disbursed", 60, 1), ("disbursed", 100, 0), ("declined", 1, 0)],
)
async def test_a_running_loan_stands_in_the_way(
    bank: Bank, time_machine: TimeMachine, state: str, ago: int | None, running: int
) -> None:
    mine = await bound()
    decided = clock.now() - timedelta(days=ago) if ago is not None else None
    await database.execute(LOAN, mine.customer_id, state, clock.now(), decided)
    assert (await deletion_of(mine.customer_id)).running_loans == running
    if running:
        with pytest.raises(Conflict, match=r"account\.loan_running"):
            await request_deletion(mine.customer_id)
    else:
        await request_deletion(mine.customer_id)


async def test_a_loan_that_came_about_meanwhile_puts_it_off(bank: Bank, time_machine: TimeMachine) -> None:
    mine = await bound()
    await request_deletion(mine.customer_id)
    await database.execute(LOAN, mine.customer_id, "processing", clock.now(), None)
    time_machine(days=7)
    await work()
    assert (await customers.profile(mine.customer_id)).name == HOLDER.name
    await database.execute("UPDATE loan SET state = 'declined', decided_at = $1", clock.now())
    await work()
    assert (await customers.profile(mine.customer_id)).name == HOLDER.name
    time_machine(days=1)
    await work()
    assert (await customers.profile(mine.customer_id)).name == ""


async def test_what_is_told_about_an_erased_customer_is_not_kept(bank: Bank, time_machine: TimeMachine) -> None:
    mine = await somebody(bank)
    await erased_by(time_machine, mine.customer_id)
    stored = await database.fetchval("SELECT count(*) FROM event")
    customers.forget_remembered()
    for _ in range(2):  # as by a process that has just started, and by one that remembers
        result = await events.ingest([purchase(CUSTOMER), purchase("C2")])
        assert (result.accepted, result.duplicates, result.rejected) == (1, 1, [])
    assert await database.fetchval("SELECT count(*) FROM event") == stored + 2
    assert CUSTOMER not in await everything_stored()


async def test_nothing_new_is_begun_for_an_erased_customer(bank: Bank, time_machine: TimeMachine) -> None:
    mine = await somebody(bank)
    await erased_by(time_machine, mine.customer_id)
    await task("later", ONCE, rewards=[{"experience": 10}])
    await settle()
    assert await database.fetchval("SELECT count(*) FROM claim WHERE task = 'later'") == 0
    async with database.transaction() as connection:
        await customers.lock(connection, [mine.customer_id])
        order = IssueOrder(mine.customer_id, "lounge", "test", "test")
        assert await benefits.issue(connection, [order]) == [IssueFailure("benefit.no_owner")]
    assert await reconcile() == []


async def test_who_was_erased_comes_back_only_as_somebody_new(bank: Bank, time_machine: TimeMachine) -> None:
    mine = await somebody(bank)
    await erased_by(time_machine, mine.customer_id)
    with pytest.raises(Forbidden, match=r"account\.erased"):
        await sign_in_by_ticket(f"t1:{CUSTOMER}", 24)
    stranger = await visitor()
    for _ in range(2):
        with pytest.raises(Forbidden, match=r"account\.erased"):
            await bind(stranger, "5770", phone_code="phone-of-openid1", otp=None, hours=24)
    back = await sign_in_by_ticket(f"t1:{CUSTOMER}", 24, come_back=True)
    assert back.customer_id != mine.customer_id
    assert await customers.id_of(CUSTOMER) == back.customer_id
    assert (await customers.profile(back.customer_id)).name == HOLDER.name
    assert (await experience_of(CUSTOMER), await claims_of(CUSTOMER, "first")) == (0, [])
    signed_in = await bind(stranger, "5770", phone_code="phone-of-openid1", otp=None, hours=24)
    assert signed_in.customer_id == back.customer_id
    await events.ingest([purchase(CUSTOMER)])
    await settle()
    assert (await state_of(CUSTOMER, "first"), await experience_of(CUSTOMER)) == ("rewarded", 100)
    await erased_by(time_machine, back.customer_id)
    assert await reconcile() == []
    assert [word for word in PERSONAL if word in await everything_stored()] == []


async def test_who_comes_back_many_times_at_once_is_one(bank: Bank, time_machine: TimeMachine) -> None:
    mine = await bound()
    await erased_by(time_machine, mine.customer_id)
    signed_in = await asyncio.gather(
        *(sign_in_by_ticket(f"t{number}:{CUSTOMER}", 24, come_back=True) for number in range(6))
    )
    assert len({one.customer_id for one in signed_in}) == 1


async def test_a_session_that_was_opened_while_the_account_was_erased_is_worth_nothing(
    bank: Bank, time_machine: TimeMachine
) -> None:
    mine = await bound()
    await erased_by(time_machine, mine.customer_id)
    async with database.transaction() as connection:
        await connection.execute(
            """INSERT INTO customer_session (id, customer_id, channel, created_at, expires_at)
               VALUES ('late', $1, 'bank_app', $2, $3)""",
            mine.customer_id,
            clock.now(),
            clock.now() + timedelta(days=1),
        )
    assert await load_session("late") is None
