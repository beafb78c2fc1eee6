"""What is masked is told to support, for a reason, so many times a day, and never off the record."""

import asyncio

import pytest

from domain import audit, customers, events, operators, ports, reveals
from domain.operators import HEAD_OFFICE, OperatorIdentity, Role
from domain.ports import NoAnswer, Ports
from domain.reveals import REVEALS_A_DAY, Field
from kit import clock
from kit import database as db
from kit.errors import Conflict, Forbidden, NotFound, Unavailable
from tests.domain.tasks.making import purchase
from tests.domain.tasks.time_machine import TimeMachine, time_machine

__all__ = ["time_machine"]
REASON = "客户来电核实"
PASSWORD = "a-long-password-1"


class Core:
    """As much of the card core as is asked here."""

    def __init__(self) -> None:
        self.answers = True

    async def phone_of(self, customer_no: str) -> str | None:
        if not self.answers:
            raise NoAnswer
        return {"C1": "13800000017"}.get(customer_no)


@pytest.fixture
async def core(database: str) -> Core:
    core = Core()
    ports.bind(Ports(core, None, None, None))  # type: ignore[arg-type]
    [customer_id] = (await customers.ids_of(["C1"])).values()
    await db.execute("UPDATE customer SET name = '张小明', branch = 'SH' WHERE id = $1", customer_id)
    first = purchase("C1", occurred_at=clock.now(), card_token="ct_1", card_last4="5770", card_product="young")
    second = purchase("C1", occurred_at=clock.now(), card_token="ct_2", card_last4="1234")
    await events.ingest([first, second])
    return core


@pytest.fixture
async def support(core: Core) -> OperatorIdentity:
    return await operators.ensure("support", "客服", PASSWORD, [Role.SUPPORT], "SH")


async def reveals_on_record() -> int:
    return len(await audit.list_(None, audit.Filter(action="customer.reveal"), None, 1000))


async def test_what_is_asked_for_is_told_and_nothing_else(support: OperatorIdentity) -> None:
    told = await reveals.reveal(support, "C1", [Field.NAME, Field.PHONE], REASON)
    assert (told.name, told.phone, told.cards) == ("张小明", "13800000017", None)
    told = await reveals.reveal(support, "C1", [Field.CARD], REASON)
    assert (told.name, told.phone) == (None, None)
    assert told.cards is not None
    assert {(one.token, one.last4, one.product) for one in told.cards} == {
        ("ct_1", "5770", "young"),
        ("ct_2", "1234", None),
    }


async def test_it_is_on_record_with_its_reason_and_without_what_was_told(support: OperatorIdentity) -> None:
    await reveals.reveal(support, "C1", [Field.PHONE, Field.NAME], REASON)
    [entry] = await audit.list_(None, audit.Filter(action="customer.reveal"), None, 10)
    assert (entry.operator, entry.subject) == ("support", "customers/C1")
    assert entry.detail == '{"fields":["name","phone"],"reason":"客户来电核实"}'
    row = await db.fetchrow("SELECT operator_id, asked::text, reason FROM reveal")
    assert row is not None
    assert tuple(row) == (support.operator_id, '["name", "phone"]', REASON)


async def test_others_are_refused_and_foreign_customers_are_not_there(support: OperatorIdentity) -> None:
    everything_else = [role for role in Role if role is not Role.SUPPORT]
    other = await operators.ensure("other", "他人", PASSWORD, everything_else, HEAD_OFFICE)
    with pytest.raises(Forbidden, match="operator.missing_role"):
        await reveals.reveal(other, "C1", [Field.NAME], REASON)
    foreign = await operators.ensure("foreign", "他人", PASSWORD, [Role.SUPPORT], "BJ")
    for number in ("C1", "C2"):
        with pytest.raises(NotFound, match="customer.not_found"):
            await reveals.reveal(foreign, number, [Field.NAME], REASON)
    assert await reveals_on_record() == await db.fetchval("SELECT count(*) FROM reveal") == 0


async def test_it_is_on_record_even_if_the_core_does_not_answer(support: OperatorIdentity, core: Core) -> None:
    core.answers = False
    with pytest.raises(Unavailable, match="card_core.unavailable"):
        await reveals.reveal(support, "C1", [Field.PHONE], REASON)
    assert await reveals_on_record() == 1


async def test_a_day_has_so_many_and_not_one_more(support: OperatorIdentity, time_machine: TimeMachine) -> None:
    await db.execute(
        """INSERT INTO reveal (operator_id, customer_id, asked, reason, day, at)
           SELECT $1, id, '[]', 'r', $2, $3 FROM customer, generate_series(1, $4)""",
        support.operator_id,
        clock.today(),
        clock.now(),
        REVEALS_A_DAY - 2,
    )
    at_once = [reveals.reveal(support, "C1", [Field.NAME], REASON) for _ in range(6)]
    outcomes = await asyncio.gather(*at_once, return_exceptions=True)
    refused = [one for one in outcomes if isinstance(one, Conflict)]
    assert [one.code for one in refused] == ["reveal.day_ceiling"] * 4
    assert await reveals_on_record() == 2
    clock.advance(24 * 3600)
    await reveals.reveal(support, "C1", [Field.NAME], REASON)
