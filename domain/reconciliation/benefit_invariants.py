"""What must be true of benefits their suppliers issue and see used, and of exchanges."""

from domain.reconciliation.invariant import Invariant

BENEFIT_INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "benefit.request_of_its_own",
        "what a supplier issues has one request: open while it is being issued, closed with it; nothing else has one",
        """SELECT g.id, g.state, r.state AS request FROM benefit_grant g JOIN configuration v ON v.id = g.version_id
           LEFT JOIN supplier_request r ON r.grant_id = g.id
           WHERE (v.body ->> 'stock_mode' = 'supplier_api') <> (r.id IS NOT NULL)
              OR (g.state = 'issuing' AND r.state <> 'waiting') OR (g.state = 'failed') <> (r.state = 'refused'
                  AND g.state <> 'voided') OR (g.state IN ('granted', 'redeeming') AND r.state <> 'issued')""",
    ),
    Invariant(
        "benefit.used_is_redeemed",
        "what a supplier told used, and we took, is redeemed",
        """SELECT u.id, u.supplier, g.id AS grant_id, g.state FROM supplier_usage u
           JOIN benefit_grant g ON g.id = u.grant_id WHERE u.state = 'taken' AND g.state <> 'redeemed'""",
    ),
    Invariant(
        "benefit.used_once",
        "no grant was used twice",
        """SELECT grant_id, count(*) AS usages FROM supplier_usage WHERE state = 'taken'
           GROUP BY grant_id HAVING count(*) > 1""",
    ),
    Invariant(
        "benefit.failed_is_settled",
        "what a failed benefit was for has failed or was returned, or the fact that will see to it waits",
        """SELECT g.id, g.source FROM benefit_grant g
           LEFT JOIN reward_grant r ON r.benefit_grant_id = g.id LEFT JOIN exchange e ON e.grant_id = g.id
           LEFT JOIN level_gift l ON g.source = 'gift:' || l.id
           WHERE g.state = 'failed' AND (r.state = 'granted' OR e.state = 'made' OR l.state = 'granted')
             AND NOT EXISTS (SELECT FROM outbox o WHERE o.fact = 'BenefitFailed'
                             AND (o.payload ->> 'grant_id')::bigint = g.id)""",
    ),
    Invariant(
        "exchange.is_paid_once",
        "an exchange has cost what it says, and has given that back when it was returned",
        """SELECT x.id, x.state, x.experience, p.amount AS paid, b.amount AS returned FROM exchange x
           JOIN benefit_grant g ON g.id = x.grant_id
           LEFT JOIN experience_entry p ON p.source = g.source
           LEFT JOIN experience_entry b ON b.source = 'exchange-return:' || x.id
           WHERE p.amount IS DISTINCT FROM -x.experience
              OR (x.state = 'returned') <> (b.id IS NOT NULL) OR b.amount <> x.experience""",
    ),
    Invariant(
        "experience.spent_is_what_exchanges_cost",
        "what an account says was spent is what its exchanges cost that were not returned",
        """SELECT a.customer_id, a.spent, coalesce(sum(x.experience), 0) AS exchanged FROM experience_account a
           LEFT JOIN exchange x ON x.customer_id = a.customer_id AND x.state = 'made'
           GROUP BY a.customer_id, a.spent HAVING a.spent <> coalesce(sum(x.experience), 0)""",
    ),
)
