"""A WeChat identity that was bound is an event like any other: tasks may ask for it."""

from collections.abc import Sequence
from datetime import datetime

from domain.events.event import STATUS, Event
from domain.events.ingest import ingest
from domain.facts import IdentityBound
from kit.database import Connection

OURSELVES = "cardquest"


async def tell_bound(_connection: Connection, facts: Sequence[IdentityBound]) -> None:
    """Tell `wechat.bound` about each; joins the relay's transaction, told once for each binding of an identity."""
    await ingest([bound_status("bound", fact.identity_id, fact.customer_no, fact.bound_at, True) for fact in facts])


def bound_status(verb: str, identity_id: int, customer_no: str, at: datetime, bound: bool) -> Event:
    """The status `wechat.bound` as an event; the moment is part of its id, as an identity may be bound again."""
    return Event(
        source=OURSELVES,
        event_id=f"{verb}-{identity_id}-{round(at.timestamp() * 1000)}",
        type=STATUS,
        customer_no=customer_no,
        occurred_at=at,
        attributes={"name": "wechat.bound", "value": bound},
    )
