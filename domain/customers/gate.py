"""What may keep somebody from signing in or binding, who has proved who they are."""

from collections.abc import Awaitable, Callable

import msgspec


class Newcomer(msgspec.Struct, frozen=True):
    """Who is about to get a session; `bound` where they hold, or come to hold, a card."""

    customer_id: int
    bound: bool
    openid: str | None = None
    phone: str | None = None


Gate = Callable[[Newcomer], Awaitable[None]]
"""Raises for whom it keeps out; called outside of any transaction."""
