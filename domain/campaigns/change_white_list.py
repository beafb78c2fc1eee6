"""Customers are put on the white list of a campaign, or struck off it."""

from collections.abc import Mapping, Sequence

import msgspec

from domain import approvals
from domain.campaigns.queries import KIND
from domain.campaigns.white_list import MOST_LISTED
from kit.database import Connection


class ListChanged(msgspec.Struct, frozen=True):
    """For how many that was new, and for whom there was no place."""

    changed: int
    too_many: Sequence[int]


async def change_white_list(connection: Connection, campaign: str, wanted: Mapping[int, bool]) -> ListChanged:
    """Put customers on the list (True), or strike them off it, whatever the campaign's document says of them; every
    process learns of it when the caller commits. An import may name at most 100,000. Locks the list.
    """
    [row] = await connection.fetch(
        """INSERT INTO trial_list (campaign, changes, listed, struck) VALUES ($1, 1, '{}', '{}')
           ON CONFLICT (campaign) DO UPDATE SET changes = trial_list.changes + 1 RETURNING listed, struck""",
        campaign,
    )
    listed, struck = set(row["listed"]), set(row["struck"])
    changed, too_many = 0, []
    for customer_id, joins in wanted.items():
        into, out_of = (listed, struck) if joins else (struck, listed)
        if customer_id in into:
            continue
        if len(into) >= MOST_LISTED:
            too_many.append(customer_id)
            continue
        into.add(customer_id)
        out_of.discard(customer_id)
        changed += 1
    await connection.execute(
        "UPDATE trial_list SET listed = $2::bigint[], struck = $3::bigint[] WHERE campaign = $1",
        campaign,
        sorted(listed),
        sorted(struck),
    )
    if changed:
        await approvals.tell_changed(connection, KIND)
    return ListChanged(changed, too_many)
