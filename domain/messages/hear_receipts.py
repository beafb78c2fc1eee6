"""Providers say what became of messages: in any order, twice, and before we have written down that they were sent."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from domain.messages.match_receipts import match
from kit import clock
from kit.database import Connection


class Receipt(msgspec.Struct, frozen=True):
    """What became of the message `provider_id` of a channel (`sms`, `push`, `wechat`, `wechat_notice`); `at` is by the
    provider's clock. Of a subscribe message `openid` and `template_id` tell which one it was if it has no number yet.
    """

    channel: str
    provider_id: str
    delivered: bool
    reason: str | None
    at: datetime
    openid: str | None = None
    template_id: str | None = None


async def hear_receipts(connection: Connection, receipts: Sequence[Receipt]) -> int:
    """Keep them, each once, and conclude the deliveries we know them for; returns how many are new.

    Joins the caller's transaction; locks the messages. One that arrived has arrived, whatever was said before or after.
    """
    rows = await connection.fetch(
        """INSERT INTO delivery_receipt
             (channel, provider_id, delivered, reason, told_at, openid, template_id, received_at)
           SELECT t.*, $8 FROM unnest($1::text[], $2::text[], $3::boolean[], $4::text[], $5::timestamptz[], $6::text[],
                                      $7::text[]) AS t
           ON CONFLICT (channel, provider_id, delivered) DO NOTHING RETURNING id""",
        [one.channel for one in receipts],
        [one.provider_id for one in receipts],
        [one.delivered for one in receipts],
        [one.reason[:64] if one.reason else None for one in receipts],
        [one.at for one in receipts],
        [one.openid for one in receipts],
        [one.template_id for one in receipts],
        clock.now(),
    )
    await match(connection, [row[0] for row in rows])
    return len(rows)
