"""Budgets of which little is left."""

from domain.campaigns.warnings import Low, note_low
from kit import clock, database

# Where nothing is given away, what head office keeps is the whole campaign: one warning is enough.
_LOW = """
SELECT p.campaign, p.ceiling_fen, p.reserved_fen + p.committed_fen AS used, p.branch, NULL::date AS day
FROM budget_pot p JOIN budget b USING (campaign)
JOIN budget_pot whole ON whole.campaign = p.campaign AND whole.branch = ''
WHERE p.ceiling_fen > 0 AND (p.reserved_fen + p.committed_fen) * 100 >= p.ceiling_fen * b.warn_at
  AND NOT (p.branch = 'HQ' AND p.ceiling_fen = whole.ceiling_fen)
UNION ALL
SELECT d.campaign, d.ceiling_fen, d.reserved_fen + d.committed_fen, d.branch, d.day
FROM budget_day d JOIN budget b USING (campaign)
WHERE d.day = $1 AND (d.reserved_fen + d.committed_fen) * 100 >= d.ceiling_fen * b.warn_at
"""


async def watch() -> int:
    """Warn of every pot and of every pot's present day that has reached its campaign's `warn_at`; how many are new."""
    return await note_low("budget", [Low(*row) for row in await database.fetch(_LOW, clock.today())])
