"""What must be true of the figures at every commit, however far they have been counted: queries of offending rows."""

from domain.statistics.source import SOURCES, Source


def _done(source: Source) -> str:
    return f"(SELECT coalesce(max(done), 0) FROM counting_mark WHERE source = '{source.name}')"


def _counted_as_it_is(source: Source) -> str:
    """Rows below the mark that were not counted, or as something else."""
    rows = source.rows.format(after="0", upto=_done(source))
    return f"""SELECT '{source.name}' AS source, r.row_id, r.measure, c.measure AS counted_as FROM ({rows}) AS r
               LEFT JOIN counted c ON c.source = '{source.name}' AND c.row_id = r.row_id
               WHERE (c.subject, c.day, c.measure, c.amount) IS DISTINCT FROM (r.subject, r.day, r.measure, r.amount)"""


def _once_as_they_are(source: Source) -> str:
    """Figures that are not the sum of the rows below the mark, over all branches."""
    rows = source.rows.format(after="0", upto=_done(source))
    of = "subject, day, measure"
    return f"""SELECT '{source.name}' AS source, {of}, r.number, f.number AS figure
               FROM (SELECT {of}, count(*) AS number, sum(amount) AS amount FROM ({rows}) AS r GROUP BY {of}) AS r
               FULL JOIN (SELECT {of}, sum(number) AS number, sum(amount) AS amount FROM figure
                          WHERE source = '{source.name}' GROUP BY {of}) AS f USING ({of})
               WHERE (coalesce(r.number, 0), coalesce(r.amount, 0)) <> (coalesce(f.number, 0), coalesce(f.amount, 0))"""


CHECKS: dict[str, tuple[str, str]] = {
    **{
        f"statistics.{source.name}_are_counted": (
            f"the figures of {source.name} are what a full count up to their mark gives",
            _once_as_they_are(source) if source.once else _counted_as_it_is(source),
        )
        for source in SOURCES
    },
    "statistics.figures_are_sums": (
        "every figure is the sum of the rows that were counted into it",
        f"""SELECT source, subject, branch, day, measure, c.number, f.number AS figure
            FROM (SELECT source, subject, branch, day, measure, count(*) AS number, sum(amount) AS amount FROM counted
                  GROUP BY 1, 2, 3, 4, 5) AS c
            FULL JOIN (SELECT * FROM figure
                       WHERE source NOT IN ({", ".join(f"'{one.name}'" for one in SOURCES if one.once)})) AS f
              USING (source, subject, branch, day, measure)
            WHERE (coalesce(c.number, 0), coalesce(c.amount, 0)) <> (coalesce(f.number, 0), coalesce(f.amount, 0))""",
    ),
}
