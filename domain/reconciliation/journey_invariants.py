"""What must be true of customers on their way."""

from domain.reconciliation.invariant import Invariant

JOURNEYS: tuple[Invariant, ...] = (
    Invariant(
        "journey.active_stands_on_a_step",
        "whoever is on their way stands on a step of the version they came in on, and waits for what that step says",
        """SELECT r.id, r.journey, r.step FROM journey_run r JOIN configuration v ON v.id = r.version_id
           CROSS JOIN LATERAL (SELECT v.body -> 'steps' -> r.step AS step) s
           WHERE r.state = 'active' AND (s.step IS NULL OR r.waiting_for IS DISTINCT FROM
             CASE WHEN s.step ->> 'type' = 'wait_for' THEN coalesce(
               'event:' || (s.step ->> 'event'), 'task:' || (s.step ->> 'task_completed')) END)""",
    ),
    Invariant(
        "journey.path_has_no_gaps",
        "a path begins with the first step of its version, and every step is the one the step before led to",
        """SELECT run_id, number, step FROM (
             SELECT p.run_id, p.number, p.step, lag(p.onward, 1, v.body ->> 'first') OVER w AS led_to,
                    lag(p.number, 1, 0) OVER w AS before
             FROM journey_path p JOIN journey_run r ON r.id = p.run_id JOIN configuration v ON v.id = r.version_id
             WINDOW w AS (PARTITION BY p.run_id ORDER BY p.number)) t
           WHERE step IS DISTINCT FROM led_to OR number <> before + 1""",
    ),
    Invariant(
        "journey.run_stands_where_its_path_ends",
        "a run stands where its path leads; it is over exactly where that leads nowhere",
        """SELECT r.id, r.state, r.step, p.onward FROM journey_run r JOIN configuration v ON v.id = r.version_id
           LEFT JOIN journey_path p ON p.run_id = r.id AND p.number = r.moves
           WHERE (SELECT count(*) FROM journey_path c WHERE c.run_id = r.id) <> r.moves
              OR CASE r.state WHEN 'active'
                 THEN r.step IS DISTINCT FROM CASE r.moves WHEN 0 THEN v.body ->> 'first' ELSE p.onward END
                 ELSE p.run_id IS NULL OR p.onward IS NOT NULL OR r.step <> p.step END""",
    ),
    Invariant(
        "journey.gives_once",
        "a step has given its thing to a run at most once, and exactly where the path says so",
        """WITH given AS (
             SELECT split_part(source, ':', 2)::bigint AS run_id, split_part(source, ':', 3) AS step FROM (
               SELECT source FROM coupon WHERE source LIKE 'journey:%'
               UNION ALL SELECT source FROM benefit_grant WHERE source LIKE 'journey:%'
               UNION ALL SELECT dedupe_key FROM message WHERE dedupe_key LIKE 'journey:%'
               UNION ALL SELECT source FROM task_offer WHERE source LIKE 'journey:%') s),
           said AS (
             SELECT p.run_id, p.step, v.body -> 'steps' -> p.step AS body FROM journey_path p
             JOIN journey_run r ON r.id = p.run_id JOIN configuration v ON v.id = r.version_id WHERE p.exit = 'done'),
           expected AS (
             SELECT run_id, step, count(*) AS said FROM said
             WHERE NOT (body ->> 'type' = 'task' AND coalesce(body ->> 'mode', 'offer') = 'claim')
             GROUP BY run_id, step),
           found AS (SELECT run_id, step, count(*) AS given FROM given GROUP BY run_id, step)
           SELECT run_id, step, given, said FROM found FULL JOIN expected USING (run_id, step)
           WHERE given IS DISTINCT FROM 1 OR said IS DISTINCT FROM 1""",
    ),
    Invariant(
        "journey.one_at_a_time",
        "the times a customer was in a journey are numbered without a gap, and all but the last are over",
        """SELECT journey, customer_id, count(*) AS runs, max(turn) AS last FROM journey_run
           GROUP BY journey, customer_id
           HAVING count(*) <> max(turn) OR bool_or(state = 'active' AND turn < (
             SELECT max(l.turn) FROM journey_run l
             WHERE l.journey = journey_run.journey AND l.customer_id = journey_run.customer_id))""",
    ),
)
