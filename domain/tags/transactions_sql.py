"""Sums and counts over transactions, net of what was taken back, of a set of customers at once."""

from datetime import datetime, timedelta

from domain.scopes import Item, Measure, find
from domain.tags.definition import Transactions
from domain.tags.parameters import Parameters
from domain.tags.scope_sql import scope_sql
from kit import clock

LINKS = 5
"""How long a chain of what takes back what takes back … is followed: purchase, refund, its reversal, …"""
_MEASURED = {
    Measure.AMOUNT: "sum(e.worth)",
    Measure.COUNT: "count(*)",
    Measure.DAYS: "count(DISTINCT (e.occurred_at AT TIME ZONE 'Asia/Shanghai')::date)",
    Measure.MERCHANTS: "count(DISTINCT coalesce(nullif(e.merchant_id, ''), nullif(e.merchant_name, '')))",
}


def begins(asked: Transactions, as_of: datetime) -> datetime:
    """When the first of the business days counted began."""
    return clock.start_of_day(clock.business_day(as_of) - timedelta(days=asked.days - 1))


def transactions_sql(asked: Transactions, after: str, upto: str, as_of: datetime, values: Parameters) -> str:
    """A query for `customer_id` and `number`, where that is above nothing, of customers whose ids lie above the place
    `after`, up to `upto`. What occurs at `as_of` or later does not count yet.
    """
    item = find("cumulative", asked.item)
    assert item is not None  # it was checked when the tag was saved
    window = (
        f"e.occurred_at >= {values.at(begins(asked, as_of), 'timestamptz')}"
        f" AND e.occurred_at < {values.at(as_of, 'timestamptz')}"
    )
    scope = scope_sql(asked.where, "e", "e.worth", values)
    return f"""
WITH {taking(after, upto)},
counted AS (
  SELECT e.customer_id, e.occurred_at, e.merchant_id, e.merchant_name, e.worth FROM (
    SELECT e.*, e.amount_fen - coalesce(t.taken, 0) AS worth FROM event e
    LEFT JOIN (SELECT original_id, sum(worth) AS taken FROM worth GROUP BY original_id) t ON t.original_id = e.id
    WHERE e.customer_id > {after} AND e.customer_id <= {upto} AND e.type = {values.at(item.event_type, "text")}
      AND {window}) e
  WHERE e.worth > 0 AND {scope}
  {_unlinked(item, window, scope)})
SELECT e.customer_id, least({_MEASURED[item.measure]}, 10 ^ 18)::bigint AS number FROM counted e
GROUP BY e.customer_id HAVING {_MEASURED[item.measure]} > 0"""


def taking(after: str, upto: str) -> str:
    """What takes back, the transaction (or the refund) it takes from, and how much of it stands. It is found by its id,
    else the last one before it with the same card, merchant and authorisation, else the first one after it.
    """
    worth = "\n".join(_less_what_was_taken(link) for link in range(1, LINKS + 1))
    return f"""taking AS MATERIALIZED (
  SELECT t.id, t.amount_fen, o.id AS original_id FROM event t
  LEFT JOIN LATERAL (
    SELECT o.id FROM event o
    WHERE o.source = t.source AND o.event_id = t.original_event_id AND o.customer_id = t.customer_id
      AND o.type IN ('purchase', 'cash_advance', 'instalment', 'repayment', 'refund', 'reversal', 'chargeback')
    UNION ALL (
      SELECT o.id FROM event o
      WHERE t.original_event_id IS NULL AND t.card_token <> '' AND t.merchant_id <> '' AND t.auth_code <> ''
        AND o.customer_id = t.customer_id AND o.type IN ('purchase', 'cash_advance', 'instalment', 'repayment')
        AND o.card_token = t.card_token AND o.merchant_id = t.merchant_id AND o.auth_code = t.auth_code
      ORDER BY o.occurred_at > t.occurred_at,
               CASE WHEN o.occurred_at <= t.occurred_at THEN o.occurred_at END DESC,
               CASE WHEN o.occurred_at <= t.occurred_at THEN o.event_id END COLLATE "C" DESC,
               o.occurred_at, o.event_id COLLATE "C" LIMIT 1)) o ON true
  WHERE t.customer_id > {after} AND t.customer_id <= {upto} AND t.type IN ('refund', 'reversal', 'chargeback')),
worth_0 AS (SELECT id, original_id, amount_fen, amount_fen::numeric AS worth FROM taking),{worth}
worth AS (SELECT * FROM worth_{LINKS})"""


def _less_what_was_taken(link: int) -> str:
    return f"""
worth_{link} AS MATERIALIZED (
  SELECT w.id, w.original_id, w.amount_fen, greatest(0, w.amount_fen - coalesce(t.taken, 0)) AS worth FROM taking w
  LEFT JOIN (SELECT original_id, sum(worth) AS taken FROM worth_{link - 1} GROUP BY original_id) t
    ON t.original_id = w.id),"""


def _unlinked(item: Item, window: str, scope: str) -> str:
    """Refunds that link to nothing come off the sums of purchases they meet by their own fields. They are few: OFFSET
    keeps the planner from reading every event for them.
    """
    if item.measure is not Measure.AMOUNT or item.event_type != "purchase":
        return ""
    return f"""UNION ALL
  SELECT e.customer_id, e.occurred_at, e.merchant_id, e.merchant_name, -e.worth FROM (
    SELECT e.*, w.worth FROM worth w CROSS JOIN LATERAL (SELECT * FROM event t WHERE t.id = w.id OFFSET 0) e
    WHERE w.original_id IS NULL AND w.worth > 0 AND {window}) e
  WHERE {scope}"""
