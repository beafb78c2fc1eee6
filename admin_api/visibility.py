"""Why a customer sees a task or does not."""

from typing import Literal

import msgspec
from sanic import Request

from admin_api.guard import Scope, access
from domain import customers, tasks
from domain.operators import OperatorIdentity
from kit.http import Routes


class Where(msgspec.Struct, forbid_unknown_fields=True):
    """On which of the customer's pages."""

    channel: Literal["bank_app", "wechat_mini", "wechat_h5"] = "bank_app"


class RequirementView(msgspec.Struct):
    """What the task asks of those who see it; `code` is the path in its document."""

    code: str
    holds: bool
    text: str


class VisibilityView(msgspec.Struct):
    """Of the live version. Who has `claimed` it sees it whatever it asks; else it is `seen` if all of it holds."""

    task: str
    version: int
    seen: bool
    claimed: bool
    requirements: list[RequirementView]


async def explain_visibility(
    request: Request, customer_no: str, task: str, query: Where, subject: OperatorIdentity
) -> VisibilityView:
    """Whether a customer sees a live task now, and what of that holds: audience, campaign, product, level, dates."""
    who = await customers.seen_by(subject, customer_no)
    found = await tasks.visibility(subject, who.id, query.channel, task)
    asked = [RequirementView(one.code, one.holds, one.text) for one in found.requirements]
    return VisibilityView(found.task, found.version, found.seen, found.claimed, asked)


def add(room: Routes) -> None:
    """Put the routes of this file into the room."""
    path = "/customers/{customer_no}/tasks/{task}/visibility"
    room.route("GET", path, tag="customers", errors=(404,), access=access(Scope.ONE))(explain_visibility)
