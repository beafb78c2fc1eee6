"""Somebody was bound who had followed the official account before."""

from collections.abc import Sequence

from domain.events import followed
from domain.facts import IdentityBound
from kit.database import Connection


async def tell_known_follower(connection: Connection, facts: Sequence[IdentityBound]) -> None:
    """Tell `wechat.followed` as it stands about each whose account was heard of, at the moment it became so."""
    rows = await connection.fetch(
        """SELECT b.customer_no, f.followed, f.changed_at
           FROM unnest($1::bigint[], $2::text[]) AS b (identity_id, customer_no)
           JOIN identity i ON i.id = b.identity_id AND i.channel = 'wechat_h5'
           JOIN wechat_follower f ON f.openid = i.subject""",
        [fact.identity_id for fact in facts],
        [fact.customer_no for fact in facts],
    )
    await followed.tell(rows)
