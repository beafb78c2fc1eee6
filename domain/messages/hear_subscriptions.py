"""WeChat users take, or do not take, subscribe messages of a template."""

from collections.abc import Sequence

import msgspec

from kit import clock
from kit.database import Connection


class Subscription(msgspec.Struct, frozen=True):
    """What a user of the mini-program answered when asked for one more message of a template."""

    openid: str
    template_id: str
    accepted: bool


async def hear_subscriptions(connection: Connection, subscriptions: Sequence[Subscription]) -> None:
    """Count them, in order: accepted is one more, refused is none any more.

    Joins the caller's transaction, which must hear each answer once.
    """
    for one in sorted(subscriptions, key=lambda one: (one.openid, one.template_id)):
        await connection.execute(
            """INSERT INTO subscription (openid, template_id, remaining, changed_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (openid, template_id) DO UPDATE SET changed_at = excluded.changed_at, remaining =
                 CASE WHEN excluded.remaining = 0 THEN 0 ELSE subscription.remaining + excluded.remaining END""",
            one.openid,
            one.template_id,
            int(one.accepted),
            clock.now(),
        )
