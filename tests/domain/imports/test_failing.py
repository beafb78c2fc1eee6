"""A step that fails is tried again, later each time; then the import has failed, and goes on when somebody resumes it."""

import asyncio
import importlib
from typing import Any

import pytest

from domain import audit, imports
from domain.customers.profile import pseudonym_of
from domain.imports import ImportFile, ImportState
from domain.imports.kinds import KINDS, ImportKind
from domain.imports.rows import CustomerRow
from domain.operators import OperatorIdentity, Role
from domain.reconciliation import reconcile
from kit import clock
from kit import database as db
from kit.errors import Conflict, Forbidden, NotFound
from tests.domain.coupons.stage import CHECKER, MAKER
from tests.domain.imports.stage import faults, received, taken, worked
from tests.domain.tasks.time_machine import TimeMachine

SHENZHEN = OperatorIdentity(4, "sz", "", frozenset({Role.MAKER}), "SZ")
_THREE = "customer_no\nC1\nC2\nC3\n"


class Moody:
    """Takes customers, unless it is told to fail."""

    failing: type[Exception] | None = None
    tried = 0

    async def take(self, connection: db.Connection, file: ImportFile, rows: Any) -> Any:
        self.tried += 1
        taking = await _TAKE(connection, file, rows)
        if self.failing is not None:
            raise self.failing("张三 is not for the record")
        return taking


_TAKE = KINDS["customers"].take


@pytest.fixture
def moody(monkeypatch: pytest.MonkeyPatch) -> Moody:
    found = Moody()
    monkeypatch.setitem(KINDS, "customers", ImportKind(CustomerRow, found.take))
    return found


async def customers_now() -> int:
    return int(await db.fetchval("SELECT count(*) FROM customer"))


async def until_it_failed(file: ImportFile, time_machine: TimeMachine) -> ImportFile:
    """Every attempt, each at its time."""
    while (found := await worked(file)).state != ImportState.FAILED:
        assert found.retry_at is not None
        time_machine(seconds=(found.retry_at - clock.now()).total_seconds())
    return found


async def test_a_step_that_fails_is_tried_again_later_each_time_and_not_for_ever(
    database: str, moody: Moody, time_machine: TimeMachine
) -> None:
    moody.failing = ZeroDivisionError
    file = await received("customers", _THREE)
    waits = []
    for attempt in range(1, 6):
        found = await worked(file)
        assert (found.state, found.attempts, found.failure, moody.tried) == (
            ImportState.RUNNING,
            attempt,
            None,
            attempt,
        )
        assert found.retry_at is not None
        waits.append(round((found.retry_at - clock.now()).total_seconds()))
        time_machine(seconds=waits[-1])
    assert waits == [10, 20, 40, 80, 160]
    found = await worked(file)
    assert (found.state, found.failure, found.retry_at, moody.tried) == ("failed", "ZeroDivisionError", None, 6)
    time_machine(days=1)
    assert await imports.work_next() == 0
    assert await customers_now() == 0
    assert [one.id for one in await imports.list_(MAKER, state=ImportState.FAILED)] == [file.id]
    assert await imports.list_(MAKER, state=ImportState.DONE) == []
    assert await reconcile() == []


async def test_others_go_on_while_one_waits(database: str, moody: Moody) -> None:
    moody.failing = ZeroDivisionError
    waiting = await worked(await received("customers", _THREE))
    moody.failing = None
    other = await taken("customers", "customer_no\nC9\n")
    assert (other.state, (await imports.read(MAKER, waiting.id)).state) == ("done", "running")


async def test_it_goes_on_where_it_failed_when_somebody_resumes_it(
    database: str, moody: Moody, time_machine: TimeMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.import_module("domain.imports.unpack"), "SET", 2)
    file = await received("customers", _THREE)
    for _ in range(2):
        assert await imports.work_next() == 1
    assert await customers_now() == 2
    moody.failing = ZeroDivisionError
    await until_it_failed(file, time_machine)
    for who, refusal in ((CHECKER, Forbidden), (SHENZHEN, NotFound)):
        with pytest.raises(refusal):
            await imports.resume(who, file.id)
    moody.failing = None
    assert await imports.work_next() == 0
    outcomes = await asyncio.gather(*(imports.resume(MAKER, file.id) for _ in range(3)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in outcomes) == ["Conflict", "Conflict", "ImportFile"]
    found = await worked(file)
    assert (found.state, found.accepted, found.attempts, found.failure) == ("done", 3, 0, None)
    assert await customers_now() == 3
    with pytest.raises(Conflict, match="wrong_state"):
        await imports.resume(MAKER, file.id)
    assert len(await audit.list_(None, audit.Filter(action="import.resume"), None, 10)) == 1
    assert await reconcile() == []


async def test_a_file_that_cannot_be_unpacked_fails_and_is_resumed_from_the_beginning(
    database: str, moody: Moody, time_machine: TimeMachine
) -> None:
    file = await received("customers", _THREE)
    sealed = await db.fetchval("SELECT sealed FROM import_part")
    await db.execute("UPDATE import_part SET sealed = 'broken'::bytea")
    assert (await until_it_failed(file, time_machine)).rows == 0
    await db.execute("UPDATE import_part SET sealed = $1", sealed)
    assert (await imports.resume(MAKER, file.id)).state == ImportState.RECEIVED
    assert (await worked(file)).accepted == 3


async def test_a_failed_import_can_be_given_up_and_the_same_file_is_still_the_same_import(
    database: str, moody: Moody, time_machine: TimeMachine
) -> None:
    moody.failing = ZeroDivisionError
    file = await until_it_failed(await received("customers", _THREE), time_machine)
    assert (await received("customers", _THREE)).id == file.id
    cancelled = await imports.cancel(MAKER, file.id)
    assert (cancelled.state, await db.fetchval("SELECT count(*) FROM import_part")) == ("cancelled", 0)


async def test_progress_says_how_far_how_fast_and_how_long(
    database: str, moody: Moody, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.import_module("domain.imports.unpack"), "SET", 2)
    file = await received("customers", _THREE)
    assert (file.done, file.per_second, file.seconds_left) == (0, None, None)
    for _ in range(2):
        await imports.work_next()
    found = await imports.read(MAKER, file.id)
    assert (found.done, found.rows) == (2, 3)
    assert found.per_second is not None
    assert found.seconds_left == pytest.approx(1 / found.per_second)
    assert (await worked(file)).seconds_left is None


async def test_whoever_was_erased_is_passed_over_and_reported(database: str) -> None:
    await taken("customers", _THREE)
    await db.execute(
        "UPDATE customer SET customer_no = $1, name = '', branch = NULL, erased_at = created_at WHERE customer_no = 'C2'",
        pseudonym_of("C2"),
    )
    file = await taken("customers", "customer_no,name\nC1,甲\nC2,乙\nC4,丁\n")
    assert (file.state, file.accepted, file.duplicates, file.faulty) == ("done", 2, 0, 1)
    assert await faults(file) == [(2, "customer_no", "customer.erased")]
    assert await db.fetchval("SELECT count(*) FROM customer WHERE customer_no = 'C2'") == 0
    assert await db.fetchval("SELECT name FROM customer WHERE erased_at IS NOT NULL") == ""
