"""Figures operators ask for."""

import msgspec
from sanic import Request

from admin_api.guard import Scope, access
from domain import approvals, tasks
from domain.operators import OperatorIdentity
from kit.http import Routes


class TaskFigures(msgspec.Struct):
    """Claims of a task by what became of them, and the cost of their rewards in fen.

    `completed` counts every claim that reached completion and was not taken back.
    """

    claimed: int
    completed: int
    rewarded: int
    expired: int
    clawed_back: int
    cost_fen: int


async def get_task_report(request: Request, code: str, subject: OperatorIdentity) -> TaskFigures:
    """What became of a task."""
    await approvals.read("tasks", code, subject)
    return msgspec.convert(await tasks.report(code), TaskFigures, from_attributes=True)


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    room.route("GET", "/reports/tasks/{code}", tag="reports", errors=(404,), access=access(Scope.ONE))(get_task_report)
