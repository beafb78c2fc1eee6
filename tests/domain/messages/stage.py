"""Message templates that are live, and what lies in an inbox."""

from typing import Any

from domain import consents, customers, messages
from domain.approvals import Version
from domain.consents import Decision, Purpose
from domain.messages import MESSAGE_POLICIES, MESSAGE_TEMPLATES, Message, Notice
from domain.reconciliation.message_invariants import MESSAGES
from kit import clock, database
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


SUBSCRIBE = {"channel": "wechat", "template_id": "T1", "fields": {"thing1": "{{task}}"}}
NOTICE = {"channel": "wechat_notice", "template_id": "N1", "fields": {"thing1": "{{task}}"}}
SMS = {"channel": "sms", "text": "任务{{task}}已完成"}
PUSH = {"channel": "push"}


async def by(*channels: dict[str, Any], code: str = "done", **changes: Any) -> None:
    """A live template that goes by these channels."""
    await template(code, channels=list(channels), **changes)


async def policy(**document: Any) -> None:
    """A live policy."""
    await publish(MESSAGE_POLICIES, "default", document)


async def write(*customer_ids: int, key: str = "a", code: str = "done", task: str = "加油") -> None:
    """A message to each."""
    async with database.transaction() as connection:
        await customers.lock(connection, customer_ids)
        said = {"task": task, "reward": "券"}
        await messages.prepare(connection, [Notice(one, code, key, said, "/tasks/fuel") for one in customer_ids])


async def bind(customer_id: int, openid: str, channel: str = "wechat_mini") -> None:
    """A bound WeChat identity."""
    await database.execute(
        "INSERT INTO identity (channel, subject, customer_id, created_at, bound_at) VALUES ($1, $2, $3, $4, $4)",
        channel,
        openid,
        customer_id,
        clock.now(),
    )


async def consent(*customer_ids: int, purpose: Purpose = Purpose.MARKETING_SMS, granted: bool = True) -> None:
    """They decide about marketing."""
    async with database.transaction() as connection:
        await customers.lock(connection, customer_ids)
        await consents.record(connection, [Decision(one, purpose, granted, "h5") for one in customer_ids])


async def states(customer_id: int | None = None) -> list[tuple[str, str, str | None]]:
    """Channel, state and reason of every delivery, in order."""
    rows = await database.fetch(
        """SELECT channel, state, reason FROM delivery WHERE $1::bigint IS NULL OR customer_id = $1
           ORDER BY message_id, position""",
        customer_id,
    )
    return [(row[0], row[1], row[2]) for row in rows]


async def broken() -> dict[str, list[Any]]:
    """Every invariant of deliveries that does not hold."""
    found = {one.name: await database.fetch(one.sql) for one in MESSAGES}
    return {name: [tuple(row) for row in rows] for name, rows in found.items() if rows}
