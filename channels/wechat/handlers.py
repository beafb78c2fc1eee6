"""THE table of WeChat's callbacks: which event goes to whom. What stands not in it is kept and acknowledged."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from channels.wechat.told import ACCOUNT, MINI, Told
from domain import customers, messages
from domain.customers import Follow
from domain.messages import Receipt, Subscription
from kit.database import Connection

Handler = Callable[[Connection, Sequence[Told]], Awaitable[None]]


async def hear_followers(connection: Connection, callbacks: Sequence[Told]) -> None:
    """Somebody follows the official account, or does no longer."""
    follows = [Follow(one.openid, one.kind == "subscribe", one.told_at) for one in callbacks if one.app == ACCOUNT]
    await customers.note_followers(connection, follows)


async def hear_answers(connection: Connection, callbacks: Sequence[Told]) -> None:
    """Users of the mini-program accept or refuse subscribe messages, when asked or in their settings."""
    answers = [
        Subscription(one.openid, detail["TemplateId"], detail["SubscribeStatusString"] == "accept")
        for one in callbacks
        if one.app == MINI
        for detail in _details(one)
        if {"TemplateId", "SubscribeStatusString"} <= detail.keys()
    ]
    # In their settings people only say whether, not how often.
    refused = [one for one in answers if not one.accepted]
    changed = any(one.kind == "subscribe_msg_change_event" for one in callbacks)
    await messages.hear_subscriptions(connection, refused if changed else answers)


async def hear_subscribe_outcomes(connection: Connection, callbacks: Sequence[Told]) -> None:
    """What became of subscribe messages."""
    receipts = [
        Receipt(
            "wechat",
            str(detail["MsgID"]),
            str(detail.get("ErrorCode")) == "0",
            f"wechat.{detail.get('ErrorCode')}",
            one.told_at,
            one.openid,
            detail.get("TemplateId"),
        )
        for one in callbacks
        if one.app == MINI
        for detail in _details(one)
        if "MsgID" in detail
    ]
    await messages.hear_receipts(connection, receipts)


async def hear_notice_outcomes(connection: Connection, callbacks: Sequence[Told]) -> None:
    """What became of notices of the official account."""
    receipts = [
        Receipt(
            "wechat_notice",
            str(one.content["MsgID"]),
            one.content.get("Status") == "success",
            str(one.content.get("Status")),
            one.told_at,
        )
        for one in callbacks
        if one.app == ACCOUNT and "MsgID" in one.content
    ]
    await messages.hear_receipts(connection, receipts)


def _details(callback: Told) -> list[dict[str, Any]]:
    """The list of an event: a single one stands there without brackets, in XML below an element of its own."""
    wrappers = [one for one in callback.content.values() if isinstance(one, dict)]
    found: Any = callback.content.get("List") or next((one["List"] for one in wrappers if "List" in one), [])
    several = found if isinstance(found, list) else [found]
    return [one for one in several if isinstance(one, dict)]


HANDLERS: Mapping[str, tuple[Handler, ...]] = {
    "subscribe": (hear_followers,),
    "unsubscribe": (hear_followers,),
    "subscribe_msg_popup_event": (hear_answers,),
    "subscribe_msg_change_event": (hear_answers,),
    "subscribe_msg_sent_event": (hear_subscribe_outcomes,),
    "templatesendjobfinish": (hear_notice_outcomes,),
}
"""By `Told.kind`. A handler runs in the transaction that stores the callback and may run again if that fails."""
