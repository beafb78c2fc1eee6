"""A customer whose last WeChat identity was unbound is not bound any more."""

from collections.abc import Sequence

from domain.events.ingest import ingest
from domain.events.tell_bound import bound_status
from domain.facts import IdentityUnbound
from kit.database import Connection


async def tell_unbound(_connection: Connection, facts: Sequence[IdentityUnbound]) -> None:
    """Tell that `wechat.bound` is false; joins the relay's transaction, told once for each unbinding."""
    await ingest(
        [bound_status("unbound", fact.identity_id, fact.customer_no, fact.unbound_at, False) for fact in facts]
    )
