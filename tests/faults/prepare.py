"""What a run begins with, put in place by the program's own means: schema, operators, a budget, a coupon, the tasks."""

import asyncio
import json
from typing import Any

import msgspec

from domain import approvals, operators
from domain.approvals import Kind
from domain.campaigns import CAMPAIGNS
from domain.coupons import TEMPLATES
from domain.operators import HEAD_OFFICE, OperatorIdentity, Role
from domain.tasks import TASKS as TASK_KIND
from kit.errors import NotFound
from server.migration import migrate
from server.process import running
from server.settings import from_environment
from tests.faults.tasks import BUDGETED, CAMPAIGN, COUPON, LATECOMER, TASKS, TEMPLATE


def everything() -> None:
    """Migrate, and put all but the latecomer live."""
    documents: list[tuple[Kind, str, dict[str, Any]]] = [(CAMPAIGNS, CAMPAIGN, BUDGETED), (TEMPLATES, COUPON, TEMPLATE)]
    documents += [(TASK_KIND, task.code, task.document) for task in TASKS if task.code != LATECOMER]

    async def prepare() -> None:
        await migrate(from_environment().database_url)
        await put_live(documents)

    asyncio.run(prepare())


def latecomer() -> None:
    """Put the task live that comes when much has been told already. Safe to repeat after a crash."""
    asyncio.run(put_live([(TASK_KIND, task.code, task.document) for task in TASKS if task.code == LATECOMER]))


def claims() -> None:
    """Migrate, and put the coupon templates of `templates.json` live."""
    settings = from_environment()
    templates = json.loads((settings.data_dir / "templates.json").read_text())

    async def prepare() -> None:
        await migrate(settings.database_url)
        await put_live([(TEMPLATES, code, body) for code, body in templates.items()])

    asyncio.run(prepare())


async def put_live(documents: list[tuple[Kind, str, dict[str, Any]]]) -> None:
    """Through maker and checker, unless it is live already. Safe to repeat after a crash."""
    async with running(from_environment()):
        maker, checker = [await _operator(role) for role in (Role.MAKER, Role.CHECKER)]
        for kind, code, body in documents:
            if await _state(kind, code, maker) is None:
                await approvals.save_draft(kind, code, msgspec.convert(body, kind.definition), maker)
            if await _state(kind, code, maker) == approvals.State.DRAFT:
                await approvals.submit(kind, code, maker)
            if await _state(kind, code, maker) == approvals.State.SUBMITTED:
                await approvals.approve(kind, code, checker)


async def _operator(role: Role) -> OperatorIdentity:
    return await operators.ensure(f"fault-{role}", str(role), "a password of this run", [role], HEAD_OFFICE)


async def _state(kind: Kind, code: str, operator: OperatorIdentity) -> approvals.State | None:
    try:
        return approvals.State((await approvals.read(kind.name, code, operator)).latest.state)
    except NotFound:
        return None
