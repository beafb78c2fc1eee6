"""Providers are asked to send, outside any transaction; always under the same key, so that they send once."""

import asyncio
from collections.abc import Sequence
from typing import Literal, NamedTuple

from domain import ports
from domain.messages.choose import Chosen
from domain.messages.hear_replies import note_refusing_phones
from kit import database


class Outcome(NamedTuple):
    """What came of an attempt: `sent`, `refused` by the provider for `reason`, `skipped` for `reason` without asking,
    `no_answer` (nobody knows), or `unasked` (the core did not tell the phone).
    """

    chosen: Chosen
    what: Literal["sent", "refused", "skipped", "no_answer", "unasked"]
    reason: str | None = None
    provider_id: str | None = None
    address: str | None = None


async def ask(channel: str, chosen: Sequence[Chosen]) -> list[Outcome]:
    """Those of one priority at once (the caller bounds how many), urgent before normal before low; in the order in
    which they ended.
    """
    ended: list[Outcome] = []
    addresses: dict[int, str | None] = {one.delivery.id: one.delivery.address for one in chosen}
    if channel == "sms":
        chosen = await _with_phones(chosen, addresses, ended)

    async def one_call(one: Chosen) -> None:
        address = addresses[one.delivery.id] or ""
        try:
            provider_id = await _call(channel, one, address)
            ended.append(Outcome(one, "sent", None, provider_id, address))
        except ports.Refused as refusal:
            ended.append(Outcome(one, "refused", refusal.code, None, address))
        except ports.NoAnswer:
            ended.append(Outcome(one, "no_answer", "no_answer", None, address))

    for priority in sorted({one.delivery.priority for one in chosen}):
        await asyncio.gather(*(one_call(one) for one in chosen if one.delivery.priority == priority))
    return ended


async def _call(channel: str, chosen: Chosen, address: str) -> str | None:
    content, key = chosen.delivery.content, f"delivery-{chosen.delivery.id}"
    if channel == "sms":
        return await ports.get().sms.send(address, content["text"], key)
    if channel == "push":
        push = ports.get().push
        assert push is not None, "whoever sends has every channel"
        return await push.send(chosen.customer_no, content["title"], content["body"], content["link"], key)
    wechat = ports.get().wechat
    if channel == "wechat_notice":
        return await wechat.send_notice(address, content["template_id"], content["fields"], content["url"], key)
    return await wechat.send_subscribe(address, content["template_id"], content["fields"], content["page"])


async def _with_phones(chosen: Sequence[Chosen], phones: dict[int, str | None], ended: list[Outcome]) -> list[Chosen]:
    """Those that can be sent; a phone is asked for once per delivery, so that every attempt goes to the same one."""

    async def phone_of(one: Chosen) -> None:
        if phones[one.delivery.id]:
            return
        try:
            phones[one.delivery.id] = await ports.get().card_core.phone_of(one.customer_no)
        except ports.Refused:
            phones[one.delivery.id] = None
        except ports.NoAnswer:
            ended.append(Outcome(one, "unasked", "core_no_answer"))

    await asyncio.gather(*(phone_of(one) for one in chosen))
    unasked = {one.chosen.delivery.id for one in ended}
    chosen = [one for one in chosen if one.delivery.id not in unasked]
    marketing = {
        one.delivery.customer_id: phone
        for one in chosen
        if one.delivery.category == "marketing" and (phone := phones[one.delivery.id])
    }
    refusing = await database.retried(lambda: _note_refusing(marketing)) if marketing else set()
    ready: list[Chosen] = []
    for one in chosen:
        phone = phones[one.delivery.id]
        if phone is None:
            ended.append(Outcome(one, "skipped", "no_address"))
        elif one.delivery.category == "marketing" and one.delivery.customer_id in refusing:
            ended.append(Outcome(one, "skipped", "refused", None, phone))
        else:
            ready.append(one)
    return ready


async def _note_refusing(marketing: dict[int, str]) -> set[int]:
    async with database.transaction() as connection:
        return await note_refusing_phones(connection, marketing)
