"""The statements that count: what changed since, what it was counted as before, and the difference."""

from domain.statistics.source import Source

_OF = "subject, branch, day, measure"


def difference(source: Source, after: str, upto: str, where: str = "true") -> str:
    """`WITH` clauses up to `delta`, the change of each figure by the rows numbered above `after` and at most `upto`."""
    rows = source.rows.format(after=after, upto=upto)
    known = "false" if source.once else f"c.source = '{source.name}'"
    return f"""changed AS MATERIALIZED (SELECT * FROM ({rows}) AS r WHERE {where}),
      before AS MATERIALIZED (SELECT c.* FROM counted c JOIN changed USING (row_id) WHERE {known}),
      delta AS (
        SELECT {_OF}, sum(n)::bigint AS number, sum(n * amount)::bigint AS amount
        FROM (SELECT {_OF}, 1 AS n, amount FROM changed UNION ALL SELECT {_OF}, -1, amount FROM before) AS t
        GROUP BY {_OF} HAVING sum(n) <> 0 OR sum(n * amount) <> 0)"""


def count(source: Source) -> str:
    """Count the rows numbered above $1 and at most $2, in one statement and so on one snapshot."""
    keep = f""", kept AS (
        INSERT INTO counted (source, row_id, {_OF}, amount)
        SELECT '{source.name}', row_id, {_OF}, amount FROM changed
        ON CONFLICT (source, row_id) DO UPDATE SET (subject, branch, day, measure, amount)
          = (excluded.subject, excluded.branch, excluded.day, excluded.measure, excluded.amount))"""
    return f"""WITH {difference(source, "$1::bigint", "$2::bigint")}{"" if source.once else keep}
        INSERT INTO figure AS f (source, {_OF}, number, amount)
        SELECT '{source.name}', {_OF}, number, amount FROM delta
        ON CONFLICT (source, subject, day, branch, measure)
        DO UPDATE SET number = f.number + excluded.number, amount = f.amount + excluded.amount"""
