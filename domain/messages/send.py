"""Send what is due, by every channel."""

import asyncio

from domain.messages.ask import ask
from domain.messages.catalogue import catalogue
from domain.messages.choose import choose
from domain.messages.conclude import conclude
from domain.messages.match_receipts import match_receipts
from domain.messages.policy import MessagePolicy
from kit import database, logging

log = logging.get("messages")
CHANNELS = ("wechat", "wechat_notice", "sms", "push")


async def send() -> int:
    """Send some of what is due by each channel, urgent first; returns how many deliveries were decided.

    Any number of workers may run it at once, and die in it: a provider may be asked again, by the same key; see
    docs/messages.md for what that means by which channel.
    """
    await catalogue.refresh()
    policy = catalogue.policy
    matched = await database.retried(match_receipts)
    ended = await asyncio.gather(*(_send_by(channel, policy) for channel in CHANNELS), return_exceptions=True)
    for channel, outcome in zip(CHANNELS, ended, strict=True):
        if isinstance(outcome, BaseException):
            log.error("message.sending_failed", channel=channel, exc_info=outcome)
    return matched + sum(one for one in ended if isinstance(one, int))


async def _send_by(channel: str, policy: MessagePolicy) -> int:
    chosen, decided = await database.retried(lambda: choose(channel, policy))
    if chosen:
        outcomes = await ask(channel, chosen)
        await database.retried(lambda: conclude(channel, policy.limits.of(channel), outcomes))
    return decided
