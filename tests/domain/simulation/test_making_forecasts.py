"""Forecasts are asked for by makers of what they see, made by the worker in steps, and change nothing."""

import importlib
from datetime import date
from typing import Any

import msgspec
import pytest

from domain import approvals, reconciliation, simulation, tasks
from domain.simulation import Forecast, ForecastRequest, ForecastState
from domain.tasks import MCC_EXCLUSIONS
from kit import database
from kit.errors import Conflict, Forbidden, NotFound, RuleViolated
from tests.domain.campaigns.stage import campaign
from tests.domain.coupons.stage import CHECKER, MAKER, publish, publish_template
from tests.domain.simulation.stage import bought, draft, forecast_of, happened, made, maker_of, result_of
from tests.domain.tasks.making import at, cumulative, task

pytestmark = pytest.mark.usefixtures("november")
ONCE = cumulative("purchase.count", 1, "claim")
DAYS = ("2026-11-02", "2026-11-06")
ASKED = ForecastRequest(date(2026, 11, 2), date(2026, 11, 6))


async def everything() -> dict[str, int]:
    """How many rows every table has, but for forecasts and the trail that says who asked for one."""
    rows = await database.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    names = sorted(row[0] for row in rows if row[0] not in ("forecast", "audit_entry"))
    return {name: await database.fetchval(f'SELECT count(*) FROM "{name}"') for name in names}


async def several(number: int = 7) -> None:
    await happened(*(bought(f"C{one}", f"{2 + one % 5:02d} 12:00") for one in range(number)))


async def asked_for(code: str = "fuel") -> Forecast:
    return await simulation.ask(MAKER, "tasks", code, ASKED)


async def test_nothing_is_changed_and_nothing_stays_but_the_result() -> None:
    await campaign(1_000)
    await publish_template("free7", campaign="autumn")
    await several()
    await draft("fuel", ONCE, automatic=False, rewards=[{"coupon": "free7"}], claim={"places": 3})
    before = await everything()
    forecast = await made("tasks", "fuel", *DAYS)
    assert await everything() == before
    assert (forecast.customers, forecast.customers_done, forecast.events) == (7, 7, 7)
    [entry] = await database.fetch("SELECT action, subject FROM audit_entry WHERE action LIKE 'forecast.%'")
    assert tuple(entry) == ("forecast.ask", "tasks/fuel")


async def test_steps_that_are_cut_off_are_taken_again(monkeypatch: pytest.MonkeyPatch) -> None:
    await several()
    await draft("fuel", ONCE)
    at_once = await forecast_of("fuel", *DAYS)
    work = importlib.import_module("domain.simulation.work_next")  # the verb has the name of its file
    monkeypatch.setattr(work, "SET", 2)
    monkeypatch.setattr(work, "_SECONDS", 0.0)
    number = (await asked_for()).id
    done = []
    for _ in range(5):
        with pytest.raises(ZeroDivisionError):
            async with database.transaction():
                assert await simulation.work_next() == 1
                raise ZeroDivisionError  # the worker is killed before it commits
        done.append((await simulation.read(MAKER, number)).customers_done)
        assert await simulation.work_next() == 1
    assert done == [0, 2, 4, 6, 7]
    forecast = await simulation.read(MAKER, number)
    assert forecast.state is ForecastState.READY
    assert forecast.result is not None
    assert forecast.result.tasks == [at_once]
    assert await simulation.work_next() == 0


async def test_a_forecast_somebody_works_on_is_passed_over() -> None:
    await several()
    await draft("fuel", ONCE)
    await draft("food", ONCE)
    first, second = await asked_for("fuel"), await asked_for("food")
    async with database.connection() as other:
        transaction = other.transaction()
        await transaction.start()
        await other.execute("SELECT FROM forecast WHERE id = $1 FOR UPDATE", first.id)
        while await simulation.work_next():
            pass
        await transaction.rollback()
    states = [(await simulation.read(MAKER, one.id)).state for one in (first, second)]
    assert states == [ForecastState.WAITING, ForecastState.READY]


async def test_it_is_of_what_was_written_when_it_was_asked_for() -> None:
    await several()
    await draft("fuel", ONCE)
    forecast = await asked_for()
    await draft("fuel", cumulative("purchase.count", 99, "claim"))
    while await simulation.work_next():
        pass
    result = (await simulation.read(MAKER, forecast.id)).result
    assert result is not None
    assert result.tasks[0].completed == 7
    assert (await forecast_of("fuel", *DAYS)).completed == 0


async def test_a_draft_and_what_is_live_are_two_things() -> None:
    await several()
    await task("fuel", ONCE)
    assert (await forecast_of("fuel", *DAYS, version="live")).completed == 7
    with pytest.raises(Conflict, match=r"configuration\.no_draft"):
        await asked_for()
    await draft("fuel", cumulative("purchase.count", 2, "claim"))
    drafted, live = await forecast_of("fuel", *DAYS), await forecast_of("fuel", *DAYS, version="live")
    assert [(one.version, one.completed) for one in (drafted, live)] == [(2, 0), (1, 7)]


async def test_a_branch_plays_its_own_customers_and_those_below() -> None:
    await several(6)
    await database.execute("INSERT INTO branch (code, name, parent_id) VALUES ('SH', 's', 'HQ'), ('PD', 'p', 'SH')")
    for number, branch in enumerate(("SH", "PD", "BJ")):
        await database.execute("UPDATE customer SET branch = $2 WHERE customer_no = $1", f"C{number}", branch)
    await draft("fuel", ONCE)
    sh, bj = maker_of("SH"), maker_of("BJ")
    [found] = (await result_of("tasks", "fuel", *DAYS, by=sh)).tasks
    assert [(one.key, one.seen, one.completed) for one in found.by_branch] == [("PD", 1, 1), ("SH", 1, 1)]
    assert (await forecast_of("fuel", *DAYS)).seen == 6
    assert (await forecast_of("fuel", *DAYS, by=bj)).seen == 1
    theirs, everybodys, bjs = (one.id for one in reversed(await simulation.list_(MAKER)))
    assert [one.id for one in await simulation.list_(msgspec.structs.replace(sh, below=frozenset()))] == [theirs]
    assert [one.id for one in await simulation.list_(MAKER, kind="tasks", code="fuel", before=bjs)] == [
        everybodys,
        theirs,
    ]
    for number in (theirs, everybodys):
        with pytest.raises(NotFound, match=r"forecast\.not_found"):
            await simulation.read(msgspec.structs.replace(bj, below=frozenset()), number)
    with pytest.raises(NotFound):
        await simulation.ask(msgspec.structs.replace(bj, below=frozenset()), "tasks", "fuel", ASKED)


@pytest.mark.parametrize(
    ("refused", "kind", "code", "by", "change"),
    [
        (NotFound, "tasks", "gone", MAKER, {}),
        (NotFound, "campaigns", "gone", MAKER, {}),
        (Forbidden, "tasks", "fuel", CHECKER, {}),
        (Conflict, "tasks", "fuel", MAKER, {"version": "live"}),
        (Conflict, "campaigns", "empty", MAKER, {}),
        (RuleViolated, "tasks", "fuel", MAKER, {"until": date(2026, 11, 20)}),
        (RuleViolated, "tasks", "fuel", MAKER, {"since": date(2026, 11, 7)}),
    ],
)
async def test_what_cannot_be_forecast_is_refused_and_leaves_nothing(
    refused: type[Exception], kind: str, code: str, by: Any, change: dict[str, Any]
) -> None:
    await campaign(None, "empty")
    await draft("fuel", ONCE)
    with pytest.raises(refused):
        await simulation.ask(by, kind, code, msgspec.structs.replace(ASKED, **change))
    assert await database.fetchval("SELECT count(*) FROM forecast") == 0
    assert await database.fetchval("SELECT count(*) FROM audit_entry WHERE action LIKE 'forecast.%'") == 0


async def test_what_counts_for_nothing_counts_for_no_forecast() -> None:
    await publish(MCC_EXCLUSIONS, "default", {"name": "通用", "mccs": [{"mcc": "5541", "reason": "类现金"}]})
    await database.execute(
        "UPDATE configuration SET live_at = $1, created_at = $1 WHERE kind = 'mcc-exclusions'",
        at("2026-11-01 00:00"),
    )
    await tasks.catalogue.refresh()
    await happened(bought("C1", "03 12:00"), bought("C2", "03 12:00", mcc="5411"))
    await draft("fuel", ONCE)
    assert (await forecast_of("fuel", *DAYS)).completed == 1


async def test_a_task_that_ended_meanwhile_does_not_stop_its_forecast() -> None:
    await several()
    await task("fuel", ONCE)
    forecast = await simulation.ask(MAKER, "tasks", "fuel", msgspec.structs.replace(ASKED, version="live"))
    await approvals.end(tasks.TASKS, "fuel", MAKER)
    while await simulation.work_next():
        pass
    assert (await simulation.read(MAKER, forecast.id)).state is ForecastState.READY


async def test_what_could_not_be_written_any_more_fails_and_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    work = importlib.import_module("domain.simulation.work_next")
    monkeypatch.setattr(work, "SET", 2)
    monkeypatch.setattr(work, "_SECONDS", 0.0)
    await several()
    await draft("fuel", ONCE)
    await draft("food", ONCE)
    broken, good = await asked_for("fuel"), await asked_for("food")
    await simulation.work_next()
    assert await database.fetchval("SELECT count(*) FROM forecast_claim") == 2
    assert await reconciliation.reconcile() == []
    await database.execute(
        "UPDATE forecast SET documents = jsonb_set(documents, '{0,body,content,item}', '\"purchase.beauty\"') WHERE id = $1",
        broken.id,
    )
    while await simulation.work_next():
        pass
    failed = await simulation.read(MAKER, broken.id)
    assert (failed.state, failed.failure, failed.result) == (ForecastState.FAILED, "task.impossible_content", None)
    assert (await simulation.read(MAKER, good.id)).state is ForecastState.READY
    assert await reconciliation.reconcile() == []


async def test_claims_that_outlive_their_forecast_are_found() -> None:
    await several()
    await draft("fuel", ONCE)
    forecast = await made("tasks", "fuel", *DAYS)
    await database.execute(
        """INSERT INTO forecast_claim (forecast_id, task, branch, stage, opened_at, claimed_at, expired, number)
           VALUES ($1, 'fuel', '', 'base', now(), now(), false, 1)""",
        forecast.id,
    )
    assert [one.invariant for one in await reconciliation.reconcile()] == ["forecast.claims_only_while_made"]
