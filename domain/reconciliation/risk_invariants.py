"""What must be true of what risk decided, at every commit."""

from domain.reconciliation.invariant import Invariant

RISK: tuple[Invariant, ...] = (
    Invariant(
        "risk.decided_by_a_rule_that_was_live",
        "whatever decided was a rule of a table that had gone live by then, or a list",
        """SELECT d.id, d.version, d.rule FROM risk_decision d
           WHERE d.rule IS NOT NULL AND NOT EXISTS (
             SELECT FROM configuration v CROSS JOIN LATERAL jsonb_array_elements(v.body -> 'rules') AS r
             WHERE v.kind = 'risk-rules' AND v.version = d.version AND v.live_at <= d.at
               AND r ->> 'name' = d.rule AND r ->> 'decision' = d.decision
               AND coalesce((r ->> 'shadow')::bool, false) = d.shadow)""",
    ),
    Invariant(
        "risk.held_back_is_on_record",
        "whoever waits met a rule that made them wait",
        """SELECT h.id, h.customer_id, h.rule FROM risk_hold h WHERE NOT EXISTS (
             SELECT FROM risk_decision d WHERE d.customer_id = h.customer_id AND d.action = h.action
               AND d.rule = h.rule AND d.version = h.version AND NOT d.shadow)""",
    ),
    Invariant(
        "risk.attempts_have_a_lock",
        "every attempt is of a subject whose row is locked to count it",
        """SELECT a.id FROM risk_attempt a WHERE NOT EXISTS (SELECT FROM risk_subject s WHERE s.subject = a.subject)""",
    ),
)
