"""Issues in the list of what waits for somebody to agree."""

WAITING = """SELECT 'coupon-issues' AS kind, id::text AS code, body ->> 'reason' AS name, NULL::int AS version, state,
    cost_fen, maker_id, checker_id, content_hash, branch, created_at AS submitted_at, id
  FROM coupon_issue WHERE state IN ('submitted', 'checked')"""
