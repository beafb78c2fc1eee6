"""The open budgets of one transaction: costs are decided in order, then written down together."""

from collections.abc import Sequence
from datetime import date, datetime

from domain.campaigns import rules
from domain.campaigns.cost import Cost
from domain.campaigns.lock import lock
from domain.campaigns.moves import move
from kit import clock
from kit.database import Connection

_RESERVED, _RELEASED = "reserved", "released"


class Purse:
    """What the locked budgets still have. `take` decides, `reserve` or `spend` writes what was taken."""

    def __init__(self, till: rules.Till, known: dict[str, str], now: datetime) -> None:
        self._till, self._known, self._now = till, known, now
        self._taken: dict[str, tuple[Cost, str]] = {}
        self._promised: set[str] = set()

    def take(self, cost: Cost) -> str | None:
        """Take this cost, or the code of why not. What costs nothing, has no budget, or has been reserved under its
        source, also by an earlier transaction, takes nothing more. A source that was released is spent for ever.
        """
        known = self._known.get(cost.source)
        if known == _RELEASED:
            return "budget.released"
        if known == _RESERVED:
            self._promised.add(cost.source)
        if known == _RESERVED or cost.source in self._taken or not cost.amount_fen:
            return None
        branch = self._till.branch_of(cost)
        if branch is None:
            return None
        refusal = self._till.take(cost, branch)
        if refusal is None:
            self._taken[cost.source] = cost, branch
        return refusal

    async def reserve(self, connection: Connection) -> None:
        """Write what was taken as reserved."""
        await self._book(connection, ["reserve"])

    async def spend(self, connection: Connection) -> None:
        """Write what was taken as committed, and commit what earlier transactions had reserved for it."""
        await self._book(connection, ["reserve", "commit"])
        await move(connection, self._promised, "commit", "given")

    async def _book(self, connection: Connection, kinds: list[str]) -> None:
        if not self._taken:
            return
        taken = list(self._taken.values())
        await connection.execute(
            _BOOK,
            [cost.source for cost, _ in taken],
            [cost.campaign for cost, _ in taken],
            [branch for _, branch in taken],
            [cost.customer_id for cost, _ in taken],
            [cost.amount_fen for cost, _ in taken],
            kinds,
            clock.business_day(self._now),
            self._now,
        )


# Whoever reserved the same source a moment ago on another budget has counted it: only new lines count.
_BOOK = f"""
WITH wanted AS (
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[])
    AS t (source, campaign, branch, customer_id, amount_fen)),
noted AS (
  INSERT INTO budget_entry (source, kind, campaign, branch, day, customer_id, amount_fen, reason, at)
  SELECT source, kind, campaign, branch, $7, customer_id, amount_fen, '', $8
  FROM wanted CROSS JOIN unnest($6::text[]) WITH ORDINALITY AS k (kind, step) ORDER BY step
  ON CONFLICT DO NOTHING RETURNING kind, campaign, branch, amount_fen),
counted AS (
  SELECT campaign, pot.branch,
         sum(CASE kind WHEN 'reserve' THEN amount_fen ELSE -amount_fen END)::bigint AS reserved_fen,
         coalesce(sum(amount_fen) FILTER (WHERE kind = 'commit'), 0)::bigint AS committed_fen
  FROM noted CROSS JOIN LATERAL (VALUES ('{rules.WHOLE}'), (noted.branch)) AS pot (branch)
  GROUP BY campaign, pot.branch),
lifelong AS (
  UPDATE budget_pot p SET reserved_fen = p.reserved_fen + c.reserved_fen,
                          committed_fen = p.committed_fen + c.committed_fen
  FROM counted c WHERE c.campaign = p.campaign AND c.branch = p.branch)
INSERT INTO budget_day (campaign, branch, day, ceiling_fen, reserved_fen, committed_fen)
SELECT campaign, branch, $7, p.daily_fen, c.reserved_fen, c.committed_fen
FROM counted c JOIN budget_pot p USING (campaign, branch)
ON CONFLICT (campaign, branch, day) DO UPDATE SET
  reserved_fen = budget_day.reserved_fen + excluded.reserved_fen,
  committed_fen = budget_day.committed_fen + excluded.committed_fen"""


async def open_purse(connection: Connection, costs: Sequence[Cost]) -> Purse:
    """Lock the budgets these costs count against and read what they have left.

    The caller holds the customers' locks and shares the live set; locks the budgets in order of campaign.
    """
    now = clock.now()
    campaigns = sorted({cost.campaign for cost in costs if cost.amount_fen})
    if not campaigns:
        return Purse(rules.Till({}, (), {}), {}, now)
    await lock(connection, campaigns)
    pots = await pots_of(connection, campaigns, clock.business_day(now))
    if not pots:
        return Purse(rules.Till({}, (), {}), {}, now)
    till = rules.Till(pots, await closed(connection, campaigns), await _branches(connection, costs))
    return Purse(till, await _known(connection, costs), now)


async def pots_of(connection: Connection, campaigns: Sequence[str], today: date) -> dict[rules.PotKey, rules.Pot]:
    """What is left of the pots of these campaigns. Read only after the budgets are ours: it cannot change any more."""
    rows = await connection.fetch(
        """SELECT p.campaign, p.branch, p.ceiling_fen - p.reserved_fen - p.committed_fen AS left,
                  CASE WHEN d.id IS NULL THEN p.daily_fen
                       ELSE d.ceiling_fen - d.reserved_fen - d.committed_fen END AS left_today
           FROM budget_pot p
           LEFT JOIN budget_day d ON d.campaign = p.campaign AND d.branch = p.branch AND d.day = $2
           WHERE p.campaign = ANY($1::text[])""",
        campaigns,
        today,
    )
    return {(row["campaign"], row["branch"]): rules.Pot(row["left"], row["left_today"]) for row in rows}


async def closed(connection: Connection, campaigns: Sequence[str]) -> set[str]:
    """Those of these campaigns that are not live."""
    rows = await connection.fetch(
        """SELECT code FROM unnest($1::text[]) AS t (code) WHERE NOT EXISTS (
             SELECT FROM configuration c WHERE c.kind = 'campaigns' AND c.code = t.code AND c.state = 'live')""",
        campaigns,
    )
    return {row["code"] for row in rows}


async def _branches(connection: Connection, costs: Sequence[Cost]) -> dict[int, str | None]:
    rows = await connection.fetch(
        "SELECT id, branch FROM customer WHERE id = ANY($1::bigint[])", list({cost.customer_id for cost in costs})
    )
    return {row["id"]: row["branch"] for row in rows}


async def _known(connection: Connection, costs: Sequence[Cost]) -> dict[str, str]:
    rows = await connection.fetch(
        """SELECT source, bool_or(kind = 'release') AS released FROM budget_entry WHERE source = ANY($1::text[])
           GROUP BY source""",
        [cost.source for cost in costs],
    )
    return {row["source"]: _RELEASED if row["released"] else _RESERVED for row in rows}
