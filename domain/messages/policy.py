"""What holds for every message: quiet hours, how often people are written to, how fast channels are used."""

from datetime import time
from typing import Annotated

import msgspec
from msgspec import Meta

from domain import approvals
from domain.approvals import Kind, Version
from kit.database import Connection
from kit.errors import Fault, RuleViolated

KIND, CODE = "message-policies", "default"
StatusName = Annotated[str, Meta(min_length=1, max_length=64)]
Rate = Annotated[float, Meta(gt=0, le=10_000)]
Hour = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z")]


class QuietHours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """In Shanghai, over midnight where `until` is the smaller; equal ones mean never."""

    begin: Hour = "22:00"
    until: Hour = "08:00"

    def times(self) -> tuple[time, time]:
        """Both as times of the day."""
        return time.fromisoformat(self.begin), time.fromisoformat(self.until)


class MarketingCaps(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The most marketing messages one customer gets, over all channels: on a business day, and on seven in a row."""

    per_day: Annotated[int, Meta(ge=0, le=100)] = 1
    per_week: Annotated[int, Meta(ge=0, le=700)] = 3


class ChannelLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How fast a channel is used; after `failures_to_open` calls in a row without an answer it is left alone for
    `open_seconds`, then tried with one message.
    """

    per_second: Rate = 50.0
    failures_to_open: Annotated[int, Meta(ge=1, le=1_000)] = 10
    open_seconds: Annotated[int, Meta(ge=1, le=86_400)] = 30


class AllLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The limits of each channel."""

    wechat: ChannelLimits = ChannelLimits()
    wechat_notice: ChannelLimits = ChannelLimits()
    sms: ChannelLimits = ChannelLimits()
    push: ChannelLimits = ChannelLimits()

    def of(self, channel: str) -> ChannelLimits:
        """Those of one channel."""
        found: ChannelLimits = getattr(self, channel)
        return found


class MessagePolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The document behind `PUT /admin/v1/message-policies/default`; until one is live its defaults hold."""

    quiet_hours: QuietHours = QuietHours()
    marketing: MarketingCaps = MarketingCaps()
    limits: AllLimits = AllLimits()
    no_loan_offers_with: Annotated[tuple[StatusName, ...], Meta(max_length=10)] = ("in_collection", "overdue")
    """Names of statuses; who has one of them gets no loan offers."""
    sms_signature: Annotated[str, Meta(pattern=r"^【[^【】]{2,12}】\Z")] = "【信用卡中心】"
    sms_refusal_hint: Annotated[str, Meta(min_length=5, max_length=20)] = "拒收请回复R"


async def check(code: str, definition: MessagePolicy) -> None:
    """Raises `RuleViolated` (`message_policy.code`): there is one policy."""
    if code != CODE:
        raise RuleViolated(
            "message_policy.code",
            f"消息策略只有一份，编码为 {CODE}",
            [Fault("code", "message_policy.code", f"the only one is {CODE!r}")],
        )


async def went_live(connection: Connection, version: Version) -> None:
    """Nothing follows: the policy is asked when something is sent."""


async def policy() -> MessagePolicy:
    """The policy in force."""
    live = await approvals.live(KIND)
    return msgspec.convert(live[0].body, MessagePolicy) if live else MessagePolicy()


MESSAGE_POLICIES = Kind(KIND, MessagePolicy, check, went_live)
