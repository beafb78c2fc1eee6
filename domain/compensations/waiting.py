"""Compensations in the list of what waits for somebody to agree."""

WAITING = """SELECT 'compensations' AS kind, m.id::text AS code, m.reason AS name, NULL::int AS version, m.state,
    m.cost_fen, m.maker_id, m.checker_id, m.content_hash, c.branch, m.created_at AS submitted_at, m.id
  FROM compensation m JOIN customer c ON c.id = m.customer_id WHERE m.state IN ('submitted', 'checked')"""
