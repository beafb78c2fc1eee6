"""Somebody follows the official account, or does no longer."""

from collections.abc import Sequence

from domain.events import followed
from domain.facts import AccountFollowed
from kit.database import Connection


async def tell_followed(connection: Connection, facts: Sequence[AccountFollowed]) -> None:
    """Tell `wechat.followed` about those who are bound; whoever binds later is told about then."""
    rows = await connection.fetch(
        """SELECT c.customer_no, f.followed, f.changed_at
           FROM unnest($1::text[], $2::bool[], $3::timestamptz[]) AS f (openid, followed, changed_at)
           JOIN identity i ON i.channel = 'wechat_h5' AND i.subject = f.openid AND i.bound_at IS NOT NULL
           JOIN customer c ON c.id = i.customer_id AND c.customer_no IS NOT NULL""",
        [fact.openid for fact in facts],
        [fact.followed for fact in facts],
        [fact.at for fact in facts],
    )
    await followed.tell(rows)
