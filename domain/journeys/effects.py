"""What steps give: to all who stand there at once; whoever cannot have it is told why on their path, alone."""

from collections.abc import Sequence
from datetime import datetime

from domain import approvals, benefits, campaigns, coupons, customers, messages, tasks
from domain.journeys.book import Run
from domain.journeys.definition import Effect, GiveBenefit, GiveCoupon, GiveTask, Giving, SendMessage
from domain.journeys.rules import Way
from domain.journeys.states import Exit
from domain.messages import Notice
from kit.database import Connection
from kit.masking import mask_name

REASON = "journey"


async def give(connection: Connection, runs: Sequence[Run], now: datetime) -> None:
    """Coupons, benefits and tasks to those who stand at such a step, who then leave it.

    A step gives to a run once: its source is the run and the step. The caller holds the customers' locks and shares the
    live set; locks the budgets, all of them once, then stocks and places as their capabilities say.
    """
    giving = [run for run in runs if run.ready(now) and isinstance(run.at, Giving)]
    waiting = await _not_passed(connection, giving, now)
    if not waiting:
        return
    await _hold_budgets(connection, waiting)
    at = {kind: [run for run in waiting if isinstance(run.at, kind)] for kind in (GiveCoupon, GiveBenefit, GiveTask)}
    await _coupons(connection, at[GiveCoupon], now)
    await _benefits(connection, at[GiveBenefit], now)
    await _tasks(connection, at[GiveTask], now)


async def send(connection: Connection, runs: Sequence[Run], now: datetime) -> bool:
    """Messages to those who stand at such a step, who then leave it; False where nobody does. Locks as `give`, though
    nothing behind the live set.
    """
    standing = [run for run in runs if run.ready(now) and isinstance(run.at, SendMessage)]
    if not standing:
        return False
    await messages.catalogue.follow(await approvals.share_live_set(connection))
    notices: list[Notice] = []
    by_template: dict[str, list[Run]] = {}
    for run in await _not_passed(connection, standing, now):
        assert isinstance(run.at, SendMessage)
        by_template.setdefault(run.at.template, []).append(run)
    for template, at in sorted(by_template.items()):
        notices += await _notices(connection, template, at, now)
    await messages.prepare(connection, notices)
    return True


async def _notices(connection: Connection, template: str, runs: Sequence[Run], now: datetime) -> list[Notice]:
    ids = sorted({run.customer_id for run in runs})
    live = template in messages.catalogue.live
    closed = await messages.without_consent(connection, template, ids) if live else set()
    profiles = await customers.profiles(connection, ids)
    notices: list[Notice] = []
    for run in runs:
        refusal = "message.not_offered" if not live else "message.no_consent" if run.customer_id in closed else None
        if refusal is None:
            name = {"customer": mask_name(profiles[run.customer_id].name)}
            notices.append(Notice(run.customer_id, template, _source(run), name))
        _leave(run, refusal, now)
    return notices


async def _not_passed(connection: Connection, runs: Sequence[Run], now: datetime) -> list[Run]:
    """Who came by the same step before, and got what it gives, goes on at once; the others."""
    again = [run for run in runs if run.step in run.version.loops]
    if not again:
        return list(runs)
    rows = await connection.fetch(
        """SELECT DISTINCT p.run_id, p.step FROM journey_path p
           JOIN unnest($1::bigint[], $2::text[]) AS t (run_id, step) USING (run_id, step) WHERE p.exit = 'done'""",
        [run.id for run in again],
        [run.step for run in again],
    )
    had = {(row[0], row[1]) for row in rows}
    passed = {run.id for run in again if (run.id, run.step) in had}
    for run in again:
        if run.id in passed and isinstance(run.at, Effect):
            run.go(Way(Exit.PASSED, run.at.next), now)
    return [run for run in runs if run.id not in passed]


async def _hold_budgets(connection: Connection, runs: Sequence[Run]) -> None:
    revision = await approvals.share_live_set(connection)
    await coupons.catalogue.follow(revision)
    await benefits.catalogue.follow(revision)
    costs = [
        coupons.cost_of(run.at.coupon, run.customer_id, _source(run))
        if isinstance(run.at, GiveCoupon)
        else benefits.cost_of(run.at.benefit, run.customer_id, _source(run))
        for run in runs
        if isinstance(run.at, GiveCoupon | GiveBenefit)
    ]
    await campaigns.lock(connection, {cost.campaign for cost in costs if cost is not None and cost.amount_fen})


async def _coupons(connection: Connection, runs: Sequence[Run], now: datetime) -> None:
    orders = [
        coupons.IssueOrder(run.customer_id, run.at.coupon, _source(run), REASON)
        for run in runs
        if isinstance(run.at, GiveCoupon)
    ]
    for run, outcome in zip(runs, await coupons.issue(connection, orders), strict=True):
        _leave(run, outcome.code if isinstance(outcome, coupons.IssueFailure) else None, now)


async def _benefits(connection: Connection, runs: Sequence[Run], now: datetime) -> None:
    orders = [
        benefits.IssueOrder(run.customer_id, run.at.benefit, _source(run), REASON)
        for run in runs
        if isinstance(run.at, GiveBenefit)
    ]
    for run, outcome in zip(runs, await benefits.issue(connection, orders), strict=True):
        _leave(run, outcome.code if isinstance(outcome, benefits.IssueFailure) else None, now)


async def _tasks(connection: Connection, runs: Sequence[Run], now: datetime) -> None:
    orders = [
        tasks.TaskOrder(run.customer_id, run.at.task, run.at.mode == "claim", _source(run))
        for run in runs
        if isinstance(run.at, GiveTask)
    ]
    for run, refusal in zip(runs, await tasks.push_tasks(connection, orders), strict=True):
        _leave(run, refusal, now)


def _leave(run: Run, refusal: str | None, now: datetime) -> None:
    step = run.at
    assert isinstance(step, Effect)
    if refusal is None:
        run.go(Way(Exit.DONE, step.next), now)
    else:
        run.go(Way(Exit.FAILED, step.otherwise or step.next), now, refusal)


def _source(run: Run) -> str:
    return f"journey:{run.id}:{run.step}"
