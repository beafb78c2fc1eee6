"""THE table of WeChat's callbacks: which event goes to whom. What stands not in it is kept and acknowledged."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from channels.wechat.told import ACCOUNT, Told
from domain import customers
from domain.customers import Follow
from kit.database import Connection

Handler = Callable[[Connection, Sequence[Told]], Awaitable[None]]


async def hear_followers(connection: Connection, callbacks: Sequence[Told]) -> None:
    """Somebody follows the official account, or does no longer."""
    follows = [Follow(one.openid, one.kind == "subscribe", one.told_at) for one in callbacks if one.app == ACCOUNT]
    await customers.note_followers(connection, follows)


HANDLERS: Mapping[str, tuple[Handler, ...]] = {
    "subscribe": (hear_followers,),
    "unsubscribe": (hear_followers,),
}
"""By `Told.kind`. A handler runs in the transaction that stores the callback and may run again if that fails."""
