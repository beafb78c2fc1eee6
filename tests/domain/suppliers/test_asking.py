"""Suppliers that issue on request: once whatever happens, at their pace, left alone while they are silent."""

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from domain import approvals, benefits, customers, outbox, reconciliation, suppliers
from domain.benefits import SUPPLIERS, GrantState, Issued, IssueFailure
from kit import clock, database
from kit.errors import Conflict
from tests.domain.benefits.stage import benefit, grant
from tests.domain.coupons.stage import CHECKER, MAKER
from tests.domain.suppliers.twin import Twin
from tests.domain.tasks.time_machine import TimeMachine, time_machine

__all__ = ["time_machine"]
TICKET = {"stock_mode": "supplier_api", "supplier": "films", "kind": "voucher_code"}


async def tickets(people: list[int], count: int = 1, **changes: Any) -> list[int]:
    """Grants of a benefit that the supplier issues, one for each of so many people."""
    await benefit("ticket", **{**TICKET, **changes})
    made = await grant(*((customer, "ticket", f"t{customer}") for customer in people[:count]))
    return [one.grant_id for one in made if isinstance(one, Issued)]


async def states() -> list[str]:
    return [row[0] for row in await database.fetch("SELECT state FROM benefit_grant ORDER BY id")]


async def holds() -> None:
    assert await reconciliation.reconcile() == []


async def test_what_is_granted_is_issued_by_the_worker_and_shown_with_the_suppliers_code(
    twin: Twin, people: list[int]
) -> None:
    await twin.admit()
    [grant_id] = await tickets(people)
    assert await states() == ["issuing"]
    with pytest.raises(Conflict, match=r"benefit\.issuing"):
        await benefits.redeem(people[0], grant_id)
    await holds()
    assert [await suppliers.ask_suppliers(), await suppliers.ask_suppliers()] == [1, 0]
    [issue] = (await twin.ledger())["issues"]
    assert (await benefits.redeem(people[0], grant_id)).code == issue["code"]
    moves = await database.fetch("SELECT before, after FROM benefit_move ORDER BY id")
    assert [tuple(row) for row in moves] == [(None, "issuing"), ("issuing", "granted"), ("granted", "redeemed")]
    assert len(await twin.calls("/issues")) == 1
    await holds()


@pytest.mark.parametrize(
    "fault",
    [
        "timeout",
        "timeout_after_work",
        "connection_reset_after_work",
        "http_429",
        "http_503_after_work",
        "html_after_work",
        "garbage_after_work",
    ],
)
async def test_silence_before_or_after_the_work_is_resolved_by_asking_and_issued_once(
    twin: Twin, people: list[int], time_machine: TimeMachine, fault: str
) -> None:
    await twin.admit()
    await tickets(people)
    await twin.fault(fault, "/issues")
    assert await suppliers.ask_suppliers() == 0
    assert await states() == ["issuing"]
    assert await suppliers.ask_suppliers() == 0, "it waits before it asks again"
    time_machine(seconds=16)
    assert await suppliers.ask_suppliers() == 1
    assert await states() == ["granted"]
    assert len((await twin.ledger())["issues"]) == 1
    orders = await twin.calls("/issues")
    assert len({call["body"]["request_no"] for call in orders}) == 1
    assert len(orders) == (1 if fault.endswith("after_work") else 2), "asked about first"
    await holds()


async def test_a_slow_supplier_and_one_that_decides_later(
    twin: Twin, people: list[int], time_machine: TimeMachine
) -> None:
    await twin.admit()
    await twin.fault("slow", "/issues")
    await twin.decide_next("processing", 1)
    await tickets(people)
    assert await suppliers.ask_suppliers() == 0
    assert await states() == ["issuing"]
    time_machine(seconds=16)
    assert await suppliers.ask_suppliers() == 1
    assert await states() == ["granted"]
    await holds()


async def test_a_refusal_is_final_gives_the_stock_back_and_is_told_to_who_had_asked(
    twin: Twin, people: list[int]
) -> None:
    await twin.admit()
    await twin.decide_next("refused")
    [grant_id] = await tickets(people, stock=1, per_person=1)
    assert await suppliers.ask_suppliers() == 1
    assert await states() == ["failed"]
    with pytest.raises(Conflict, match=r"benefit\.failed"):
        await benefits.redeem(people[0], grant_id)
    facts = await database.fetch("SELECT payload ->> 'source' FROM outbox WHERE fact = 'BenefitFailed'")
    assert [row[0] for row in facts] == [f"t{people[0]}"]
    await holds()
    [again] = await grant((people[0], "ticket", "again"))
    assert isinstance(again, Issued), "neither stock nor personal cap counts what failed"
    assert await suppliers.ask_suppliers() == 1
    assert await states() == ["failed", "granted"]
    while await outbox.relay_batch():
        pass
    await holds()


async def test_an_unknown_product_is_a_refusal(twin: Twin, people: list[int]) -> None:
    await twin.admit()
    await tickets(people, product="unknown")
    assert await suppliers.ask_suppliers() == 1
    assert await database.fetchval("SELECT failure FROM benefit_grant") == "product.unknown"


async def test_twenty_grants_and_five_workers_issue_each_once(
    twin: Twin, people: list[int], time_machine: TimeMachine
) -> None:
    await twin.admit()
    await tickets(people, 20)
    for _ in range(8):
        await asyncio.gather(*(suppliers.ask_suppliers() for _ in range(5)))
        if set(await states()) == {"granted"}:
            break
        time_machine(minutes=1)  # on a busy machine some calls take too long
    assert await states() == ["granted"] * 20
    issues = (await twin.ledger())["issues"]
    assert len(issues) == len({issue["code"] for issue in issues}) == 20
    await holds()


async def test_a_supplier_is_asked_no_faster_than_it_may_by_any_number_of_workers(
    twin: Twin, people: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    await twin.admit(api={"requests_per_second": 5})
    await tickets(people, 20)
    frozen = clock.now()
    for seconds in range(3):
        monkeypatch.setattr(clock, "now", lambda passed=seconds: frozen + timedelta(seconds=passed))
        await asyncio.gather(*(suppliers.ask_suppliers() for _ in range(4)))
        assert await database.fetchval("SELECT count(*) FROM supplier_request WHERE attempts > 0") == 5 * (seconds + 1)


async def test_a_silent_supplier_is_left_alone_then_tried_with_one_call(
    twin: Twin, people: list[int], time_machine: TimeMachine
) -> None:
    await twin.admit(api={"failures_to_open": 3, "open_seconds": 60})
    await tickets(people, 3)
    await twin.fault("connection_reset", times=99)
    await suppliers.ask_suppliers()
    assert len(await twin.calls("/issues")) == 3
    await grant(*((customer, "ticket", f"t{customer}") for customer in people[3:8]))
    await suppliers.ask_suppliers()
    assert len(await twin.calls("/issues")) == 3, "the breaker is open"
    row = await database.fetchrow("SELECT failures, open_until, asked, unanswered FROM supplier_gate")
    assert row is not None
    assert (row["failures"], row["asked"], row["unanswered"]) == (3, 3, 3)
    assert row["open_until"] > clock.now()
    time_machine(seconds=61)
    await suppliers.ask_suppliers()
    calls = len(await twin.calls("/issues")) + len(await twin.calls("/issue-queries"))
    assert calls == 4, "one request is tried"
    await twin.http.delete("/control/faults")
    for _ in range(8):
        time_machine(minutes=2)
        await suppliers.ask_suppliers()
    assert await states() == ["granted"] * 8
    await holds()


async def test_while_suspended_nothing_new_is_asked_for_and_what_was_asked_is_resolved(
    twin: Twin, people: list[int], time_machine: TimeMachine
) -> None:
    await twin.admit()
    await tickets(people, 1)
    await twin.fault("timeout_after_work", "/issues")
    await suppliers.ask_suppliers()
    await grant((people[1], "ticket", "b"))
    await approvals.pause(SUPPLIERS, "films", CHECKER)
    assert await grant((people[2], "ticket", "c")) == [IssueFailure("benefit.not_offered")]
    time_machine(seconds=16)
    assert await suppliers.ask_suppliers() == 1
    assert await states() == ["granted", "issuing"]
    assert len(await twin.calls("/issues")) == 1
    await approvals.resume(SUPPLIERS, "films", CHECKER)
    assert await suppliers.ask_suppliers() == 1
    assert await states() == ["granted", "granted"]
    await holds()


async def test_an_exit_keeps_what_was_granted_and_fails_what_was_not_issued(twin: Twin, people: list[int]) -> None:
    await twin.admit()
    first, _ = await tickets(people, 2)
    await database.execute("UPDATE supplier_request SET next_at = now() + interval '1 day' WHERE grant_id <> $1", first)
    await suppliers.ask_suppliers()
    await approvals.end(SUPPLIERS, "films", CHECKER)
    await database.execute("UPDATE supplier_request SET next_at = now() - interval '1 day' WHERE state = 'waiting'")
    assert await suppliers.ask_suppliers() == 1
    assert await states() == ["granted", "failed"]
    assert (await benefits.redeem(people[0], first)).code
    assert len(await twin.calls("/issues")) == 1
    while await outbox.relay_batch():
        pass
    await holds()


async def test_taken_back_while_it_is_issued_nobody_gets_it(
    twin: Twin, people: list[int], time_machine: TimeMachine
) -> None:
    await twin.admit()
    asked, never = await tickets(people, 2)
    await database.execute("UPDATE supplier_request SET next_at = now() + interval '1 day' WHERE grant_id = $1", never)
    await twin.fault("timeout_after_work", "/issues")
    await suppliers.ask_suppliers()
    async with database.transaction() as connection:
        await customers.lock(connection, people)
        assert await benefits.void(connection, [asked, never], "clawback") == []
    time_machine(days=2)
    assert await suppliers.ask_suppliers() == 1
    assert await states() == ["voided", "voided"]
    rows = await database.fetch("SELECT state FROM supplier_request ORDER BY id")
    assert [row[0] for row in rows] == ["issued", "withdrawn"]
    assert await benefits.grants_of(people[0], GrantState.GRANTED, None, 10) == []
    await holds()


async def test_a_code_the_supplier_gives_twice_reaches_one_customer_and_is_left_to_operators(
    twin: Twin, people: list[int]
) -> None:
    await twin.admit()
    await tickets(people, 1)
    await suppliers.ask_suppliers()
    await grant((people[1], "ticket", "b"))
    number = await database.fetchval("SELECT request_no FROM supplier_request WHERE state = 'waiting'")
    [first] = twin.books.issues("films")
    twin.books.book("films", msgspec.structs.replace(first, request_no=number))
    assert await suppliers.ask_suppliers() == 0
    assert await states() == ["granted", "issuing"]
    [waiting] = await suppliers.waiting_requests(MAKER, "films", None, 10)
    assert (waiting.request_no, waiting.failure) == (number, "supplier.code_repeated")
    await holds()
