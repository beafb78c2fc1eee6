"""What must be true of tags, at every commit."""

from domain.reconciliation.invariant import Invariant

_COMPUTED = """FROM tag_state s
           JOIN configuration c ON c.id = s.version_id AND c.state = 'live' AND s.run_version_id IS NULL
             AND NOT c.body -> 'source' ? 'imported'"""

TAGS: tuple[Invariant, ...] = (
    Invariant(
        "tag.value_fits_the_tag",
        "what a live tag was computed to is of its type, and a text one of those permitted",
        f"""SELECT v.tag, v.customer_id {_COMPUTED} JOIN tag_value v ON v.tag = s.tag
           WHERE CASE c.body ->> 'type' WHEN 'flag' THEN v.flag IS NULL WHEN 'number' THEN v.number IS NULL
             ELSE v.text IS NULL OR NOT c.body -> 'values' ? v.text END""",
    ),
    Invariant(
        "tag.covered_are_counted",
        "no more customers have a computed tag than its last run has counted; fewer where somebody was erased since",
        f"""SELECT s.tag, s.covered, count(*) AS held {_COMPUTED} JOIN tag_value v ON v.tag = s.tag
           GROUP BY s.tag, s.covered HAVING count(*) > s.covered""",
    ),
    Invariant(
        "tag.nothing_of_who_is_erased",
        "no customer whose account was erased has a tag",
        """SELECT v.tag, v.customer_id FROM tag_value v
           JOIN customer c ON c.id = v.customer_id AND c.erased_at IS NOT NULL""",
    ),
    Invariant(
        "tag.circle",
        "no composite tag that is live or paused is made of itself, by whatever way",
        """WITH RECURSIVE edge AS (
             SELECT c.code, t #>> '{}' AS below FROM configuration c
             CROSS JOIN LATERAL jsonb_path_query(c.body, '$.source.expression.**.tag') AS t
             WHERE c.kind = 'tags' AND c.state IN ('live', 'paused')
           ), way AS (
             SELECT code, below FROM edge UNION SELECT w.code, e.below FROM way w JOIN edge e ON e.code = w.below
           )
           SELECT code FROM way WHERE code = below""",
    ),
)
