"""Changes of one customer in order of `change_no`.

The number is drawn under the customer's lock, so for one customer a higher number always commits later; nothing is
stored twice and nothing needs clearing away. What changed twice since is told once, as it now is.
"""

from typing import Any

import msgspec

from kit import database

_ALL = """
SELECT change_no, 'claim' AS what, state, jsonb_build_object('task', task, 'claim_id', id::text, 'state', state) AS data
FROM claim WHERE customer_id = $1 AND change_no > $2
UNION ALL
SELECT change_no, 'coupon', state, jsonb_build_object('coupon_id', id::text, 'template', template, 'state', state)
FROM coupon WHERE customer_id = $1 AND change_no > $2
UNION ALL
SELECT change_no, 'benefit', state, jsonb_build_object('grant_id', id::text, 'benefit', benefit, 'state', state)
FROM benefit_grant WHERE customer_id = $1 AND change_no > $2
UNION ALL
SELECT change_no, 'message', CASE WHEN read_at IS NULL THEN 'created' ELSE 'read' END,
       jsonb_build_object('message_id', id::text, 'title', title)
FROM message WHERE customer_id = $1 AND change_no > $2
UNION ALL
SELECT change_no, 'experience', '', jsonb_build_object('experience', balance, 'rank', rank)
FROM experience_account WHERE customer_id = $1 AND change_no > $2
UNION ALL
SELECT change_no, 'offer', state, jsonb_build_object('task', task)
FROM task_offer WHERE customer_id = $1 AND change_no > $2 AND state <> 'claimed'
"""
_CLAIM = {"completed": "task.completed", "rewarded": "task.rewarded", "expired": "task.expired"}
_OFFER = {"open": "task.offered"}
_COUPON = {"unused": "coupon.issued", "used": "coupon.used"}


class Change(msgspec.Struct, frozen=True):
    """One change; `number` is where to go on from."""

    number: int
    kind: str
    data: dict[str, Any]


async def changes_after(customer_id: int, after: int, limit: int = 100) -> list[Change]:
    """Oldest first."""
    rows = await database.fetch(f"{_ALL} ORDER BY change_no LIMIT $3", customer_id, after, limit)
    return [Change(row[0], _kind(row[1], row[2]), msgspec.json.decode(row[3])) for row in rows]


async def last_change(customer_id: int) -> int:
    """The number of the latest change; 0 when there was none."""
    return int(await database.fetchval(f"SELECT coalesce(max(change_no), 0) FROM ({_ALL}) AS a", customer_id, -1))


def _kind(what: str, state: str) -> str:
    if what == "claim":
        return _CLAIM.get(state, "task.progress")
    if what == "coupon":
        return _COUPON.get(state, "coupon.changed")
    if what == "benefit":
        return "benefit.granted" if state == "granted" else "benefit.changed"
    if what == "offer":
        return _OFFER.get(state, "task.withdrawn")
    if what == "message":
        return f"message.{state}"
    return "experience.changed"
