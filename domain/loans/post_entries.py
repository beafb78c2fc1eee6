"""Accounting entries on their way into the core's books."""

from domain import ports
from kit import clock, database, logging

log = logging.get("loans")
_PAGE = 100
_PENDING = """SELECT e.id, e.request_no, l.request_no AS loan_request_no, e.coupon_id, e.amount_fen
              FROM accounting_entry e JOIN loan l ON l.id = e.loan_id
              WHERE e.state = 'pending' AND e.id > $1 ORDER BY e.id LIMIT $2"""


async def post_entries() -> int:
    """Post every pending entry and mark those the core has confirmed; returns how many.

    The core books a request number once, so an entry may be posted again after a crash, or by two at once. Silence
    ends the run; an entry the core refuses stays pending and does not hold up the others.
    """
    confirmed, last = 0, 0
    while rows := await database.fetch(_PENDING, last, _PAGE):
        for row in rows:
            last = row["id"]
            try:
                await ports.get().card_core.post_entry(
                    row["request_no"], row["loan_request_no"], str(row["coupon_id"]), row["amount_fen"]
                )
            except ports.NoAnswer:
                return confirmed
            except ports.Refused as refused:
                log.error("accounting_entry.refused", entry_id=last, code=refused.code, error=refused.message)
                continue
            confirmed += await _confirm(last)
    return confirmed


async def _confirm(entry_id: int) -> int:
    done = await database.fetchval(
        """UPDATE accounting_entry SET state = 'confirmed', confirmed_at = $2
           WHERE id = $1 AND state = 'pending' RETURNING id""",
        entry_id,
        clock.now(),
    )
    return int(done is not None)
