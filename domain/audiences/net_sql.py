"""What was taken back from transactions, as `tasks.conditions.netting` counts it, in sets."""

_BACK = "type IN ('refund', 'reversal', 'chargeback')"

# What names its original takes from it; what names none takes from the last transaction with its authorisation before
# it, else from the first after. What was itself taken back takes that much less.
TAKEN_BACK = f"""
SELECT linked.original, sum(greatest(0, linked.amount_fen - coalesce(undone.amount_fen, 0))) AS amount_fen
FROM (
  SELECT o.id AS original, t.customer_id, t.source, t.event_id, t.amount_fen
  FROM event t JOIN event o ON o.source = t.source AND o.event_id = t.original_event_id
                           AND o.customer_id = t.customer_id
  WHERE t.{_BACK} AND t.original_event_id IS NOT NULL
  UNION ALL
  SELECT * FROM (
    SELECT DISTINCT ON (t.id) o.id AS original, t.customer_id, t.source, t.event_id, t.amount_fen
    FROM event t JOIN event o ON o.customer_id = t.customer_id AND o.card_token = t.card_token
                             AND o.merchant_id = t.merchant_id AND o.auth_code = t.auth_code
                             AND o.type IN ('purchase', 'cash_advance', 'instalment', 'repayment')
    WHERE t.{_BACK} AND t.original_event_id IS NULL AND t.card_token <> '' AND t.merchant_id <> '' AND t.auth_code <> ''
    ORDER BY t.id, (o.occurred_at <= t.occurred_at) DESC,
             CASE WHEN o.occurred_at <= t.occurred_at THEN o.occurred_at END DESC NULLS LAST,
             CASE WHEN o.occurred_at <= t.occurred_at THEN o.event_id END DESC NULLS LAST,
             o.occurred_at, o.event_id) AS authorised
) AS linked
LEFT JOIN (
  SELECT customer_id, source, original_event_id, sum(amount_fen) AS amount_fen FROM event
  WHERE {_BACK} AND original_event_id IS NOT NULL GROUP BY 1, 2, 3
) AS undone ON undone.customer_id = linked.customer_id AND undone.source = linked.source
           AND undone.original_event_id = linked.event_id
GROUP BY linked.original"""
