"""The same cost for each of many customers, decided and spent in one go, as a purse would one after the other."""

from collections.abc import Sequence

import msgspec

from domain.campaigns import rules
from domain.campaigns.lock import lock
from domain.campaigns.purse import closed, pots_of
from domain.operators import HEAD_OFFICE
from kit import clock
from kit.database import Connection

_NO_BOUND = 2**62


class SetSpent(msgspec.Struct, frozen=True):
    """What was spent for whom, in their order; `refused` customers of branches whose share is used up were passed over
    (`budget.branch_exhausted`). `stopped_at` is the first customer refused for what concerns everybody
    (`budget.exhausted`, `budget.day_exhausted`, `budget.closed`): nobody behind was looked at.
    """

    taken: Sequence[int]
    refused: int = 0
    stopped_at: int | None = None
    stopped_by: str | None = None


async def spend_set(
    connection: Connection, campaign: str, amount_fen: int, customer_ids: Sequence[int], source: str
) -> SetSpent:
    """Spend `amount_fen` for each of these customers until the money ends. With the customer's id behind it `source`
    (at most 76 characters) names the effect for ever; it must not have been used for these customers.

    The caller holds the customers' locks, and the budget (`lock`) if any stock is locked before this.
    """
    if not amount_fen or not customer_ids:
        return SetSpent(customer_ids)
    await lock(connection, [campaign])
    today = clock.business_day(clock.now())
    pots = {branch: pot for (_, branch), pot in (await pots_of(connection, [campaign], today)).items()}
    if not pots:
        return SetSpent(customer_ids)
    if await closed(connection, [campaign]):
        return SetSpent([], 0, customer_ids[0], "budget.closed")
    spent = await _decide(connection, pots, amount_fen, customer_ids)
    if spent.taken:
        await _book(connection, campaign, list(pots), amount_fen, spent.taken, source)
    return spent


async def _decide(
    connection: Connection, pots: dict[str, rules.Pot], amount_fen: int, customer_ids: Sequence[int]
) -> SetSpent:
    whole, branches = pots[rules.WHOLE], [branch for branch in pots if branch != rules.WHOLE]
    [row] = await connection.fetch(
        _DECIDE,
        list(customer_ids),
        branches,
        [pots[branch].left // amount_fen for branch in branches],
        [_times(pots[branch].left_today, amount_fen) for branch in branches],
        whole.left // amount_fen,
        _times(whole.left_today, amount_fen),
    )
    return SetSpent(row["taken"] or [], row["refused"], row["stopped_at"], row["stopped_by"])


def _times(left: int | None, amount_fen: int) -> int:
    return _NO_BOUND if left is None else max(0, left // amount_fen)


async def _book(
    connection: Connection, campaign: str, branches: list[str], amount_fen: int, taken: Sequence[int], source: str
) -> None:
    now = clock.now()
    await connection.execute(_BOOK, list(taken), branches, campaign, amount_fen, source, clock.business_day(now), now)


_NAMED = f"""
named AS (
  SELECT m.id, m.place, CASE WHEN c.branch = ANY($2::text[]) THEN c.branch ELSE '{HEAD_OFFICE}' END AS pot
  FROM unnest($1::bigint[]) WITH ORDINALITY AS m (id, place) JOIN customer c ON c.id = m.id)"""
# `before`: how many before this one are paid for. Whose own share is used up is no reason for others to stop, unless
# it is what head office keeps.
_DECIDE = f"""
WITH {_NAMED},
ranked AS (
  SELECT n.*, k.total, k.today, row_number() OVER (PARTITION BY n.pot ORDER BY n.place) AS rank
  FROM named n JOIN unnest($2::text[], $3::bigint[], $4::bigint[]) AS k (pot, total, today) USING (pot)),
judged AS (
  SELECT id, place, pot, rank, today, rank <= total AS free,
         count(*) FILTER (WHERE rank <= total)
           OVER (ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
  FROM ranked),
stop AS (
  SELECT id, place, code FROM (
    SELECT id, place, CASE WHEN before >= $5 OR (NOT free AND pot = '{HEAD_OFFICE}') THEN 'budget.exhausted'
                           WHEN free AND (before >= $6 OR rank > today) THEN 'budget.day_exhausted' END AS code
    FROM judged) AS j
  WHERE code IS NOT NULL ORDER BY place LIMIT 1)
SELECT array_agg(j.id ORDER BY j.place) FILTER (WHERE free) AS taken, count(*) FILTER (WHERE NOT free) AS refused,
       (SELECT id FROM stop) AS stopped_at, (SELECT code FROM stop) AS stopped_by
FROM judged j WHERE j.place < coalesce((SELECT place FROM stop), {_NO_BOUND})"""
_BOOK = f"""
WITH {_NAMED},
noted AS (
  INSERT INTO budget_entry (source, kind, campaign, branch, day, customer_id, amount_fen, reason, at)
  SELECT $5 || id, kind, $3, pot, $6, id, $4, '', $7
  FROM named CROSS JOIN unnest(ARRAY['reserve', 'commit']) WITH ORDINALITY AS k (kind, step) ORDER BY place, step),
counted AS (
  SELECT pot AS branch, (count(*) * $4)::bigint AS fen FROM named GROUP BY pot
  UNION ALL SELECT '{rules.WHOLE}', (count(*) * $4)::bigint FROM named),
lifelong AS (
  UPDATE budget_pot p SET committed_fen = p.committed_fen + c.fen
  FROM counted c WHERE p.campaign = $3 AND p.branch = c.branch)
INSERT INTO budget_day (campaign, branch, day, ceiling_fen, reserved_fen, committed_fen)
SELECT $3, branch, $6, p.daily_fen, 0, c.fen FROM counted c JOIN budget_pot p USING (branch) WHERE p.campaign = $3
ON CONFLICT (campaign, branch, day) DO UPDATE SET committed_fen = budget_day.committed_fen + excluded.committed_fen"""
