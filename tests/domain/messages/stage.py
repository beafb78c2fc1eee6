"""Message templates that are live, and what lies in an inbox."""

from typing import Any

from domain import customers, messages
from domain.approvals import Version
from domain.messages import MESSAGE_TEMPLATES, Message
from tests.domain.coupons.stage import publish

TASK_VARIABLES = [{"name": "task"}, {"name": "reward"}]


def document(**changes: Any) -> dict[str, Any]:
    """A template as an operator would write it."""
    return {
        "name": "任务完成",
        "title": "{{task}}已完成",
        "body": "您已完成“{{task}}”，奖励：{{reward}}。",
        "variables": TASK_VARIABLES,
        **changes,
    }


async def template(code: str, **changes: Any) -> Version:
    """A live template."""
    return await publish(MESSAGE_TEMPLATES, code, document(**changes))


async def inbox_of(customer_no: str) -> list[Message]:
    """Everything this customer was told, newest first."""
    return await messages.inbox(await customers.id_of(customer_no), only_unread=False, before=None, limit=100)
