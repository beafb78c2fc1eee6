"""Exports in the list of what waits for somebody to agree."""

WAITING = """SELECT 'exports' AS kind, id::text AS code, body ->> 'reason' AS name, NULL::int AS version, state,
    0::bigint AS cost_fen, maker_id, checker_id, content_hash, branch, created_at AS submitted_at, id
  FROM export WHERE state = 'submitted'"""
