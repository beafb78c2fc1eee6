"""What must be true of files that come in and go out, and of forecasts, at every commit."""

from domain.reconciliation.invariant import Invariant

FILES: tuple[Invariant, ...] = (
    Invariant(
        "forecast.claims_only_while_made",
        "what a forecast supposes of customers is gone when it is over",
        """SELECT f.id, f.state, count(*) AS claims FROM forecast f JOIN forecast_claim c ON c.forecast_id = f.id
           WHERE f.state <> 'running' GROUP BY f.id""",
    ),
    Invariant(
        "task.seen_for_the_first_time_once",
        "no task is seen by a customer for the first time twice",
        """SELECT s.customer_id, t.task FROM task_seen s CROSS JOIN LATERAL unnest(s.tasks) AS t (task)
           GROUP BY s.customer_id, t.task HAVING count(*) > 1""",
    ),
    Invariant(
        "export.file_only_while_ready",
        "an export has a file exactly while it is ready",
        """SELECT e.id, e.state, count(p.id) AS pieces FROM export e LEFT JOIN export_piece p ON p.export_id = e.id
           GROUP BY e.id HAVING (e.state = 'ready') <> (count(p.id) > 0)""",
    ),
    Invariant(
        "export.taken_by_its_maker",
        "nobody but who asked for an export has taken its file",
        """SELECT d.id, d.export_id FROM export_download d JOIN export e ON e.id = d.export_id
           WHERE d.operator_id <> e.maker_id OR e.ready_at IS NULL""",
    ),
    Invariant(
        "import.faulty_are_listed",
        "an import has listed as many faulty rows as it counts, and keeps nothing when it is over",
        """SELECT f.id, f.faulty, x.listed, p.parts FROM import_file f
           CROSS JOIN LATERAL (SELECT count(*) AS listed FROM import_fault
                              WHERE file_id = f.id AND code <> 'row.duplicate') AS x
           CROSS JOIN LATERAL (SELECT count(*) AS parts FROM import_part WHERE file_id = f.id) AS p
           WHERE f.faulty <> x.listed OR (f.closed_at IS NOT NULL AND p.parts > 0)""",
    ),
)
