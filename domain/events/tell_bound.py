"""A WeChat identity that was bound is an event like any other: tasks may ask for it."""

from collections.abc import Sequence

from domain.events.event import STATUS, Event
from domain.events.ingest import ingest
from domain.facts import IdentityBound
from kit.database import Connection

OURSELVES = "cardquest"


async def tell_bound(_connection: Connection, facts: Sequence[IdentityBound]) -> None:
    """Tell `wechat.bound` about each; joins the relay's transaction, told once by the identity's id."""
    await ingest(
        [
            Event(
                source=OURSELVES,
                event_id=f"bound-{fact.identity_id}",
                type=STATUS,
                customer_no=fact.customer_no,
                occurred_at=fact.bound_at,
                attributes={"name": "wechat.bound", "value": True},
            )
            for fact in facts
        ]
    )
