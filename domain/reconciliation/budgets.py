"""What must be true of budgets at every commit."""

from domain.reconciliation.invariant import Invariant

# Every reservation with what became of it.
_LEDGER = """
ledger AS (
  SELECT source, min(campaign) AS campaign, min(branch) AS branch, min(day) AS day, min(amount_fen) AS amount_fen,
         bool_or(kind = 'commit') AS committed, bool_or(kind = 'release') AS released
  FROM budget_entry GROUP BY source)"""
_SUMS = f"""
{_LEDGER},
sums AS (
  SELECT campaign, pot.branch, day,
         coalesce(sum(amount_fen) FILTER (WHERE NOT committed), 0) AS reserved_fen,
         coalesce(sum(amount_fen) FILTER (WHERE committed), 0) AS committed_fen
  FROM ledger CROSS JOIN LATERAL (VALUES (''), (ledger.branch)) AS pot (branch)
  WHERE NOT released GROUP BY campaign, pot.branch, day)"""


def _spent_once(table: str, kind: str, issued_at: str) -> Invariant:
    """Of a cost whose budget is younger than the effect nothing was ever counted."""
    return Invariant(
        f"budget.every_{kind}_is_spent_once",
        f"a {kind} that costs a budget is committed once, and given back when it was voided or has expired",
        f"""WITH {_LEDGER}, costly AS (
              SELECT e.id, '{kind}:' || e.source AS source, e.state IN ('voided', 'expired') AS over
              FROM {table} e JOIN configuration v ON v.id = e.version_id
              JOIN budget b ON b.campaign = v.body ->> 'campaign' AND b.since <= e.{issued_at}
              WHERE (v.body ->> 'cost_fen')::bigint > 0)
            SELECT c.id, c.over, l.committed, l.released FROM costly c LEFT JOIN ledger l USING (source)
            WHERE l.committed IS NOT TRUE OR l.released <> c.over""",
    )


def _stands_for_something(table: str, kind: str) -> Invariant:
    return Invariant(
        f"budget.what_a_{kind}_cost_is_for_one_that_is_there",
        f"nothing is committed for a {kind} that is not there any more",
        f"""WITH {_LEDGER}
            SELECT l.source, e.id, e.state FROM ledger l LEFT JOIN {table} e ON '{kind}:' || e.source = l.source
            WHERE l.source LIKE '{kind}:%' AND l.committed AND NOT l.released
              AND (e.id IS NULL OR e.state IN ('voided', 'expired'))""",
    )


BUDGETS: tuple[Invariant, ...] = (
    Invariant(
        "budget.pots_are_the_sum",
        "what is reserved and committed of a pot is the sum of the ledger",
        f"""WITH {_SUMS}, pots AS (
              SELECT campaign, branch, sum(reserved_fen) AS reserved_fen, sum(committed_fen) AS committed_fen
              FROM sums GROUP BY campaign, branch)
            SELECT campaign, branch, p.reserved_fen, s.reserved_fen AS reserved_sum, p.committed_fen,
                   s.committed_fen AS committed_sum
            FROM budget_pot p FULL JOIN pots s USING (campaign, branch)
            WHERE coalesce(p.reserved_fen, 0) <> coalesce(s.reserved_fen, 0)
               OR coalesce(p.committed_fen, 0) <> coalesce(s.committed_fen, 0)""",
    ),
    Invariant(
        "budget.days_are_the_sum",
        "what is reserved and committed of a day is the sum of the ledger",
        f"""WITH {_SUMS}
            SELECT campaign, branch, day, d.reserved_fen, s.reserved_fen AS reserved_sum, d.committed_fen,
                   s.committed_fen AS committed_sum
            FROM budget_day d FULL JOIN sums s USING (campaign, branch, day)
            WHERE coalesce(d.reserved_fen, 0) <> coalesce(s.reserved_fen, 0)
               OR coalesce(d.committed_fen, 0) <> coalesce(s.committed_fen, 0)""",
    ),
    Invariant(
        "budget.within_every_ceiling",
        "no pot and no day holds more than its ceiling",
        """SELECT campaign, branch, NULL::date AS day, reserved_fen, committed_fen, ceiling_fen FROM budget_pot
           WHERE reserved_fen + committed_fen > ceiling_fen
           UNION ALL
           SELECT campaign, branch, day, reserved_fen, committed_fen, ceiling_fen FROM budget_day
           WHERE reserved_fen + committed_fen > ceiling_fen""",
    ),
    Invariant(
        "budget.pots_are_the_campaign",
        "the shares and what head office keeps are the whole campaign, in ceilings and in what was spent of them",
        """SELECT campaign FROM budget_pot GROUP BY campaign
           HAVING sum(CASE branch WHEN '' THEN ceiling_fen ELSE -ceiling_fen END) <> 0
               OR sum(CASE branch WHEN '' THEN reserved_fen ELSE -reserved_fen END) <> 0
               OR sum(CASE branch WHEN '' THEN committed_fen ELSE -committed_fen END) <> 0""",
    ),
    Invariant(
        "budget.lines_follow_their_reservation",
        "what is committed or released was reserved before, the same amount of the same pot and day",
        """SELECT e.id, e.source, e.kind FROM budget_entry e
           LEFT JOIN budget_entry r ON r.source = e.source AND r.kind = 'reserve'
           WHERE (e.campaign, e.branch, e.day, e.customer_id, e.amount_fen)
             IS DISTINCT FROM (r.campaign, r.branch, r.day, r.customer_id, r.amount_fen)""",
    ),
    Invariant(
        "budget.reserved_is_waited_for",
        "what is reserved is reserved for a reward that is still to be given",
        f"""WITH {_LEDGER}, waiting AS (
              SELECT source, substring(source FROM '^(?:coupon|benefit):grant:([0-9]+)$')::bigint AS grant_id
              FROM ledger WHERE NOT committed AND NOT released)
            SELECT w.source, g.id, g.state FROM waiting w LEFT JOIN reward_grant g ON g.id = w.grant_id
            WHERE g.state IS DISTINCT FROM 'pending'""",
    ),
    _spent_once("coupon", "coupon", "issued_at"),
    _spent_once("benefit_grant", "benefit", "granted_at"),
    _stands_for_something("coupon", "coupon"),
    _stands_for_something("benefit_grant", "benefit"),
)
