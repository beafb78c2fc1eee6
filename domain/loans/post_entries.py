"""Accounting entries and reversals on their way into the core's books."""

from domain import ports
from domain.loans import mismatch
from domain.loans.mismatch import Kind
from kit import clock, database, logging
from kit.database import Record

log = logging.get("loans")
_PAGE = 100
_PENDING = """SELECT e.id, e.request_no, l.request_no AS loan_request_no, e.coupon_id, e.loan_id, e.amount_fen,
                     o.request_no AS reverses
              FROM accounting_entry e JOIN loan l ON l.id = e.loan_id
              LEFT JOIN accounting_entry o ON o.id = e.reverses_id
              WHERE e.state = 'pending' AND e.id > $1
                AND NOT EXISTS (SELECT FROM accounting_entry p
                                WHERE p.coupon_id = e.coupon_id AND p.id < e.id AND p.state = 'pending')
              ORDER BY e.id LIMIT $2"""


async def post_entries() -> int:
    """Post every pending entry and mark those the core has confirmed; returns how many.

    The core books a request number once, so an entry may be posted again after a crash, or by two at once. Those of one
    coupon are posted one after the other, as they came. Silence ends the run; an entry the core refuses stays pending,
    is listed as a discrepancy and does not hold up those of other coupons.
    """
    confirmed, last = 0, 0
    while rows := await database.fetch(_PENDING, last, _PAGE):
        for row in rows:
            last = row["id"]
            try:
                await _post(row)
            except ports.NoAnswer:
                return confirmed
            except ports.Refused as refused:
                await _refused(row, refused)
                continue
            confirmed += await _confirm(row)
    return confirmed


async def _post(row: Record) -> None:
    core = ports.get().card_core
    if row["reverses"] is not None:
        await core.reverse_entry(row["request_no"], row["reverses"])
    else:
        await core.post_entry(row["request_no"], row["loan_request_no"], str(row["coupon_id"]), row["amount_fen"])


async def _confirm(row: Record) -> int:
    async with database.transaction() as connection:
        done = await connection.fetchval(
            """UPDATE accounting_entry SET state = 'confirmed', confirmed_at = $2
               WHERE id = $1 AND state = 'pending' RETURNING id""",
            row["id"],
            clock.now(),
        )
        await mismatch.settle_by(connection, row["loan_id"], "the core has booked it", Kind.ENTRY_REFUSED)
    return int(done is not None)


async def _refused(row: Record, refused: ports.Refused) -> None:
    log.warning("accounting_entry.refused", entry_id=row["id"], code=refused.code, error=refused.message)
    async with database.transaction() as connection:
        await connection.execute("SELECT FROM loan WHERE id = $1 FOR NO KEY UPDATE", row["loan_id"])
        detail = f"the core refuses entry {row['request_no']}: {refused.code}"
        amount = row["amount_fen"]
        await mismatch.note(connection, row["loan_id"], row["coupon_id"], Kind.ENTRY_REFUSED, detail, amount_fen=amount)
