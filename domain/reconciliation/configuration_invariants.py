"""What must be true of configurations and who agreed to them, at every commit."""

from domain.reconciliation.invariant import Invariant

CONFIGURATION_INVARIANTS: tuple[Invariant, ...] = (
    # Versions from before the history was kept have none.
    Invariant(
        "configuration.state_is_the_last_move",
        "the state of a configuration is where its history ends",
        """SELECT c.kind, c.code, c.version, c.state, m.to_state FROM configuration c
           JOIN LATERAL (SELECT to_state FROM configuration_move WHERE configuration_id = c.id
                         ORDER BY id DESC LIMIT 1) m ON true
           WHERE m.to_state <> c.state""",
    ),
    Invariant(
        "configuration.is_what_was_agreed_to",
        "what is live, scheduled or waits for a budget approver has the content every approver agreed to",
        """SELECT c.kind, c.code, c.version, m.act, m.at FROM configuration c
           JOIN configuration_move m ON m.configuration_id = c.id
           WHERE c.state IN ('checked', 'scheduled', 'live', 'paused') AND m.content_hash <> c.content_hash
             AND m.id > (SELECT max(id) FROM configuration_move WHERE configuration_id = c.id AND act = 'submit')""",
    ),
    Invariant(
        "configuration.approvers_are_in_the_history",
        "who checked a version, and who answers for its cost, is who the history says",
        """SELECT c.kind, c.code, c.version, m.act, m.operator_id FROM configuration c
           JOIN configuration_move m ON m.configuration_id = c.id
           WHERE c.state IN ('checked', 'scheduled', 'live', 'paused')
             AND m.id > (SELECT max(id) FROM configuration_move WHERE configuration_id = c.id AND act = 'submit')
             AND ((m.act IN ('approve', 'check') AND m.operator_id IS DISTINCT FROM c.checker_id)
                  OR (m.act = 'approve_budget' AND m.operator_id IS DISTINCT FROM c.budget_approver_id))""",
    ),
    Invariant(
        "campaign.listed_or_struck",
        "the imports of a campaign's white list name a customer once: on it, or off it",
        """SELECT t.campaign, m.customer_id FROM trial_list t
           CROSS JOIN LATERAL unnest(t.listed || t.struck) AS m (customer_id)
           GROUP BY t.campaign, m.customer_id HAVING count(*) > 1""",
    ),
)
