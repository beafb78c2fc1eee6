"""The one place where a reservation moves on: its line in the ledger, and every counter it was taken from."""

from collections.abc import Collection

from domain.campaigns import rules
from domain.campaigns.lock import lock
from kit import clock
from kit.database import Connection

_REASON_LENGTH = 64
_MOVE = f"""
WITH due AS (
  SELECT r.source, r.campaign, r.branch, r.day, r.customer_id, r.amount_fen,
         EXISTS (SELECT FROM budget_entry c WHERE c.source = r.source AND c.kind = 'commit') AS committed
  FROM budget_entry r WHERE r.source = ANY($1::text[]) AND r.kind = 'reserve'
    AND NOT EXISTS (SELECT FROM budget_entry e WHERE e.source = r.source AND e.kind IN ('release', $2::text))),
noted AS (
  INSERT INTO budget_entry (source, kind, campaign, branch, day, customer_id, amount_fen, reason, at)
  SELECT source, $2, campaign, branch, day, customer_id, amount_fen, $3, $4 FROM due),
counted AS (
  SELECT campaign, pot.branch, day,
         coalesce(sum(amount_fen) FILTER (WHERE NOT committed), 0)::bigint AS of_reserved,
         (CASE $2::text WHEN 'commit' THEN sum(amount_fen)
                        ELSE -coalesce(sum(amount_fen) FILTER (WHERE committed), 0) END)::bigint AS to_committed
  FROM due CROSS JOIN LATERAL (VALUES ('{rules.WHOLE}'), (due.branch)) AS pot (branch)
  GROUP BY campaign, pot.branch, day),
lifelong AS (
  UPDATE budget_pot p SET reserved_fen = p.reserved_fen - c.of_reserved,
                          committed_fen = p.committed_fen + c.to_committed
  FROM (SELECT campaign, branch, sum(of_reserved)::bigint AS of_reserved, sum(to_committed)::bigint AS to_committed
        FROM counted GROUP BY campaign, branch) c
  WHERE c.campaign = p.campaign AND c.branch = p.branch)
UPDATE budget_day d SET reserved_fen = d.reserved_fen - c.of_reserved,
                        committed_fen = d.committed_fen + c.to_committed
FROM counted c WHERE c.campaign = d.campaign AND c.branch = d.branch AND c.day = d.day"""


async def move(connection: Connection, sources: Collection[str], to: str, reason: str) -> None:
    """Commit or release (`to`) what these sources have reserved; what has got there already, or was released, stays as
    it is, and so does a source nobody knows. Locks the budgets in order of campaign.
    """
    if not sources:
        return
    await lock(connection, (), sources)
    await connection.execute(_MOVE, list(sources), to, reason[:_REASON_LENGTH], clock.now())
