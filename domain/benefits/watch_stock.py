"""Benefits of which few are left."""

from domain.campaigns import Low, note_low
from kit.database import Connection

LOW_PERCENT = 10


async def watch_stock() -> int:
    """Warn of every live benefit with no more than a tenth of its stock, or of its codes, left; how many are new."""
    return await note_low("benefit_stock", _look)


async def _look(connection: Connection) -> list[Low]:
    rows = await connection.fetch(
        """WITH counted AS (
             SELECT s.benefit, s.issued, CASE c.body ->> 'stock_mode' WHEN 'codes' THEN s.issued + (
                      SELECT count(*) FROM benefit_code k WHERE k.benefit = s.benefit
                        AND k.grant_id IS NULL AND k.withdrawn_at IS NULL)
                    ELSE s.stock END AS stock
             FROM benefit_stock s
             JOIN configuration c ON c.kind = 'benefits' AND c.code = s.benefit AND c.state = 'live')
           SELECT benefit, stock, issued FROM counted WHERE (stock - issued)::bigint * 100 <= stock::bigint * $1""",
        LOW_PERCENT,
    )
    return [Low(*row) for row in rows]
