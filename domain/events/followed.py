"""That a customer follows the official account is an event like any other: tasks may ask for `wechat.followed`."""

from collections.abc import Sequence

from domain.events.event import STATUS, Event
from domain.events.ingest import ingest
from domain.events.tell_bound import OURSELVES
from kit.database import Record


async def tell(rows: Sequence[Record]) -> None:
    """Tell about `customer_no`, `followed`, `changed_at`; joins the relay's transaction, each is told once."""
    await ingest(
        [
            Event(
                source=OURSELVES,
                event_id=f"followed-{row['customer_no']}-{int(row['changed_at'].timestamp())}-{int(row['followed'])}",
                type=STATUS,
                customer_no=row["customer_no"],
                occurred_at=row["changed_at"],
                attributes={"name": "wechat.followed", "value": row["followed"]},
            )
            for row in rows
        ]
    )
