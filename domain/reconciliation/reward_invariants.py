"""What must be true of rewards, and of the debts they leave behind."""

from domain.reconciliation.invariant import Invariant

REWARDS: tuple[Invariant, ...] = (
    Invariant(
        "reward.rewarded_is_settled",
        "a rewarded claim has no pending reward of its last round",
        """SELECT c.id, g.id AS grant_id FROM claim c JOIN reward_grant g ON g.claim_id = c.id AND g.round = c.round
           WHERE c.state = 'rewarded' AND g.state = 'pending'""",
    ),
    Invariant(
        "reward.taken_back_is_gone_or_owed",
        "a coupon whose reward was taken back is not in the wallet, and is owed for when it was used, or the fact that"
        " will see to it is recorded",
        """SELECT g.id AS grant_id, c.id AS coupon_id, c.state FROM reward_grant g JOIN coupon c ON c.id = g.coupon_id
           LEFT JOIN debt d ON d.grant_id = g.id
           WHERE g.state = 'clawed_back'
             AND (c.state = 'unused' OR (c.state = 'used' AND d.id IS NULL))
             AND NOT EXISTS (SELECT FROM outbox o WHERE o.fact IN ('CouponUsed', 'CouponReleased')
                             AND (o.payload ->> 'coupon_id')::bigint = c.id)""",
    ),
    Invariant(
        "debt.settled_is_the_sum_of_payments",
        "what is settled of a debt is the sum of its payments that stand",
        """SELECT d.id, d.settled, coalesce(sum(p.amount), 0) AS paid FROM debt d
           LEFT JOIN debt_payment p ON p.debt_id = d.id AND p.undone_at IS NULL
           GROUP BY d.id, d.settled HAVING d.settled <> coalesce(sum(p.amount), 0)""",
    ),
    Invariant(
        "debt.withheld_pays_its_cost",
        "a withheld reward has paid debts by exactly what it costs, no other reward pays any",
        """SELECT g.id, g.state, g.cost_fen, coalesce(sum(p.amount), 0) AS paid FROM reward_grant g
           LEFT JOIN debt_payment p ON p.grant_id = g.id AND p.undone_at IS NULL
           GROUP BY g.id, g.state, g.cost_fen
           HAVING coalesce(sum(p.amount), 0) <> CASE g.state WHEN 'withheld' THEN g.cost_fen ELSE 0 END""",
    ),
    Invariant(
        "reward.granted_only_while_complete",
        "what a lost completion earned was taken back, or the fact that will do so is recorded",
        """SELECT c.id, g.id AS grant_id FROM claim c JOIN reward_grant g ON g.claim_id = c.id
           WHERE g.state = 'granted' AND (c.state NOT IN ('completed', 'rewarded') OR g.round < c.round)
             AND NOT EXISTS (SELECT FROM outbox o WHERE o.fact = 'CompletionLost'
                             AND (o.payload ->> 'claim_id')::bigint = c.id
                             AND (o.payload ->> 'round')::int = g.round)""",
    ),
)
