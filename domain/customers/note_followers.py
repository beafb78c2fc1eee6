"""Who follows the official account, by the latest that WeChat told."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from domain import outbox
from domain.facts import AccountFollowed
from kit.database import Connection


class Follow(msgspec.Struct, frozen=True):
    """A user began (or ended) to follow."""

    openid: str
    followed: bool
    at: datetime


async def note_followers(connection: Connection, follows: Sequence[Follow]) -> None:
    """Remember the latest of each user and record `AccountFollowed` for all. In any order; repeats change nothing."""
    if not follows:
        return
    latest = {one.openid: one for one in sorted(follows, key=lambda one: one.at)}
    ordered = [latest[openid] for openid in sorted(latest)]
    await connection.execute(
        """INSERT INTO wechat_follower (openid, followed, changed_at)
           SELECT * FROM unnest($1::text[], $2::bool[], $3::timestamptz[])
           ON CONFLICT (openid) DO UPDATE SET followed = excluded.followed, changed_at = excluded.changed_at
           WHERE wechat_follower.changed_at <= excluded.changed_at""",
        [one.openid for one in ordered],
        [one.followed for one in ordered],
        [one.at for one in ordered],
    )
    await outbox.record(connection, [AccountFollowed(one.openid, one.followed, one.at) for one in follows])
