"""What must be true at every commit: each as a query that returns the offending rows, none when all is well."""

from domain.reconciliation.audience_invariants import AUDIENCE_INVARIANTS
from domain.reconciliation.benefit_invariants import BENEFIT_INVARIANTS
from domain.reconciliation.budgets import BUDGETS
from domain.reconciliation.configuration_invariants import CONFIGURATION_INVARIANTS
from domain.reconciliation.file_invariants import FILES
from domain.reconciliation.invariant import Invariant
from domain.reconciliation.journey_invariants import JOURNEYS
from domain.reconciliation.loan_invariants import LOANS
from domain.reconciliation.message_invariants import MESSAGES
from domain.reconciliation.person_invariants import PEOPLE
from domain.reconciliation.reward_invariants import REWARDS
from domain.reconciliation.risk_invariants import RISK
from domain.reconciliation.tag_invariants import TAGS
from domain.statistics import CHECKS

__all__ = ["INVARIANTS", "Invariant"]
INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "audit.is_one_chain",
        "the audit trail begins with 1, misses no number, and every entry names the hash of the one before it",
        """SELECT number FROM (
             SELECT number, previous_hash, lag(number, 1, 0::bigint) OVER w AS before,
                    lag(hash, 1, repeat('0', 64)::varchar) OVER w AS hash_before
             FROM audit_entry WINDOW w AS (ORDER BY number)) t
           WHERE number <> before + 1 OR previous_hash <> hash_before""",
    ),
    Invariant(
        "audit.anchors_hold",
        "every anchor of the audit trail has its entry, with the hash it had",
        """SELECT a.number FROM audit_anchor a LEFT JOIN audit_entry e USING (number)
           WHERE e.hash IS DISTINCT FROM a.hash""",
    ),
    Invariant(
        "coupon.issued_is_counted",
        "the coupons of a template are as many as its stock counter says were issued",
        """SELECT s.template, s.issued, count(c.id) AS coupons FROM coupon_stock s
           LEFT JOIN coupon c ON c.template = s.template
           GROUP BY s.template, s.issued HAVING s.issued <> count(c.id)""",
    ),
    Invariant(
        "coupon.within_stock",
        "no more coupons than the stock",
        """SELECT s.template, s.stock, count(c.id) AS coupons FROM coupon_stock s
           JOIN coupon c ON c.template = s.template GROUP BY s.template, s.stock HAVING count(c.id) > s.stock""",
    ),
    Invariant(
        "coupon.day_is_counted",
        "the coupons of a template and business day are as many as the day counter says",
        """SELECT d.template, d.day, d.issued, count(c.id) AS coupons FROM coupon_day d
           LEFT JOIN coupon c ON c.template = d.template
             AND (c.issued_at AT TIME ZONE 'Asia/Shanghai')::date = d.day
           GROUP BY d.template, d.day, d.issued HAVING d.issued <> count(c.id)""",
    ),
    Invariant(
        "coupon.within_the_day",
        "no more coupons on a business day than the version of the last of them allows",
        """SELECT d.template, d.day, d.coupons, v.body ->> 'daily_cap' AS cap FROM (
             SELECT template, (issued_at AT TIME ZONE 'Asia/Shanghai')::date AS day, count(*) AS coupons,
                    max(id) AS last FROM coupon GROUP BY 1, 2) d
           JOIN coupon c ON c.id = d.last JOIN configuration v ON v.id = c.version_id
           WHERE d.coupons > (v.body ->> 'daily_cap')::bigint""",
    ),
    Invariant(
        "coupon.within_the_person",
        "no more coupons of a template with one customer than the version of the last of them allows",
        """SELECT p.template, p.customer_id, p.coupons, v.body ->> 'per_person' AS cap FROM (
             SELECT template, customer_id, count(*) AS coupons, max(id) AS last FROM coupon
             GROUP BY 1, 2 HAVING count(*) > 1) p
           JOIN coupon c ON c.id = p.last JOIN configuration v ON v.id = c.version_id
           WHERE p.coupons > (v.body ->> 'per_person')::bigint""",
    ),
    Invariant(
        "coupon.state_is_the_last_move",
        "the state of a coupon is where its history ends",
        """SELECT c.id, c.state, m.after FROM coupon c
           LEFT JOIN LATERAL (SELECT after FROM coupon_move WHERE coupon_id = c.id ORDER BY id DESC LIMIT 1) m ON true
           WHERE m.after IS DISTINCT FROM c.state""",
    ),
    Invariant(
        "coupon.used_has_one_entry",
        "a used coupon has exactly one accounting entry that nothing reversed, in its loan; no other coupon has one",
        """SELECT c.id, c.state, count(a.id) AS entries FROM coupon c
           LEFT JOIN accounting_entry a ON a.coupon_id = c.id AND a.reverses_id IS NULL AND a.reversed_at IS NULL
           GROUP BY c.id, c.state, c.loan_id
           HAVING count(a.id) <> (c.state = 'used')::int
               OR (c.state = 'used' AND min(a.loan_id) IS DISTINCT FROM c.loan_id)""",
    ),
    Invariant(
        "coupon.occupied_by_an_open_loan",
        "an occupied coupon belongs to a loan that is processing, a used one to a loan that was disbursed",
        """SELECT c.id, c.state, l.id AS loan_id, l.state AS loan_state FROM coupon c JOIN loan l ON l.id = c.loan_id
           WHERE (c.state = 'occupied' AND l.state <> 'processing')
              OR (c.state = 'used' AND l.state NOT IN ('disbursed', 'repaid_early'))""",
    ),
    *JOURNEYS,
    *LOANS,
    *PEOPLE,
    *MESSAGES,
    Invariant(
        "coupon_issue.issued_is_counted",
        "an issue has issued as many coupons as it says, none before its approval and none after its end",
        """SELECT i.id, i.issued, count(c.id) AS coupons FROM coupon_issue i
           LEFT JOIN coupon c ON c.source LIKE 'issue:%' AND split_part(c.source, ':', 2) = i.id::text
           GROUP BY i.id HAVING i.issued <> count(c.id)
             OR bool_or(c.id IS NOT NULL AND (i.approved_at IS NULL OR c.issued_at < i.approved_at
                                              OR c.issued_at > i.closed_at))""",
    ),
    Invariant(
        "coupon_issue.everybody_before_the_cursor_is_decided",
        "those an issue has issued to or passed over are the members before its cursor, all of them when it is done",
        """WITH decided AS (
             SELECT i.*, i.issued + (SELECT coalesce(sum(n.value::int), 0) FROM jsonb_each_text(i.skipped) n) AS said,
                    (SELECT count(*) FROM coupon_issue_set s CROSS JOIN LATERAL unnest(s.customer_ids) AS m (id)
                     WHERE s.issue_id = i.id
                       AND (s.number < i.number OR (s.number = i.number AND m.id <= i.after_customer))) AS passed
             FROM coupon_issue i)
           SELECT id, state, said, passed, total FROM decided
           WHERE said <> passed OR said > total OR (state = 'done' AND said <> total)""",
    ),
    Invariant(
        "coupon_issue.total_is_what_was_kept",
        "an issue a checker has agreed to is for as many customers as were kept then",
        """SELECT i.id, i.state, i.total, coalesce(k.kept, 0) AS kept FROM coupon_issue i
           LEFT JOIN (SELECT issue_id, sum(cardinality(customer_ids)) AS kept FROM coupon_issue_set GROUP BY issue_id) k
             ON k.issue_id = i.id
           WHERE (i.approved_at IS NOT NULL OR i.state = 'checked' OR k.kept IS NOT NULL)
             AND i.total <> coalesce(k.kept, 0)""",
    ),
    Invariant(
        "coupon_issue.only_to_members",
        "a coupon of an issue went to somebody who belonged to it at its approval",
        """SELECT c.id, c.source, c.customer_id FROM coupon c
           LEFT JOIN (SELECT concat('issue:', s.issue_id, ':', m.id) AS source, m.id AS customer_id
                      FROM coupon_issue_set s CROSS JOIN LATERAL unnest(s.customer_ids) AS m (id)) k
             ON k.source = c.source AND k.customer_id = c.customer_id
           WHERE c.source LIKE 'issue:%' AND k.source IS NULL""",
    ),
    Invariant(
        "compensation.granted_once",
        "a granted compensation gave exactly what it says to its customer, one that is not granted gave nothing",
        """SELECT m.id, m.state, m.kind FROM compensation m
           LEFT JOIN coupon c ON c.source = 'compensation:' || m.id AND c.customer_id = m.customer_id
             AND m.kind = 'coupon' AND c.template = m.target
           LEFT JOIN benefit_grant b ON b.source = 'compensation:' || m.id AND b.customer_id = m.customer_id
             AND m.kind = 'benefit' AND b.benefit = m.target
           LEFT JOIN experience_entry e ON e.source = 'compensation:' || m.id AND e.customer_id = m.customer_id
             AND m.kind = 'experience' AND e.amount = m.amount
           WHERE (m.state = 'granted') <> (num_nonnulls(c.id, b.id, e.id) = 1)""",
    ),
    Invariant(
        "experience.balance_is_the_sum",
        "a balance is the sum of its entries",
        """SELECT a.customer_id, a.balance, coalesce(sum(e.amount), 0) AS total FROM experience_account a
           LEFT JOIN experience_entry e ON e.customer_id = a.customer_id
           GROUP BY a.customer_id, a.balance HAVING a.balance <> coalesce(sum(e.amount), 0)""",
    ),
    Invariant(
        "experience.rank_is_what_the_balance_reaches",
        "everybody holds the highest level that what was earned reaches; above a fall only what the period keeps",
        """WITH ladder AS (
             SELECT (l ->> 'rank')::int AS rank, (l ->> 'threshold')::bigint AS threshold,
                    (l ->> 'keep')::bigint AS keep
             FROM configuration, jsonb_array_elements(body -> 'levels') AS l
             WHERE kind = 'level-tables' AND code = 'default' AND state = 'live'), reached AS (
             SELECT a.customer_id, a.rank, a.cap, a.earned, a.balance + a.spent AS ever,
                    (SELECT coalesce(min(l.rank), (SELECT count(*) FROM ladder)) - 1 FROM ladder l WHERE l.rank > 0
                     AND (a.balance + a.spent < l.threshold OR (l.rank > a.cap AND a.earned < l.keep))) AS reached
             FROM experience_account a WHERE EXISTS (SELECT FROM ladder))
           SELECT customer_id, ever, rank, cap, earned, reached FROM reached WHERE rank <> reached""",
    ),
    Invariant(
        "experience.gifts_are_settled",
        "no gift of a level waits: it was granted or it failed",
        "SELECT id, customer_id, rank FROM level_gift WHERE state = 'pending'",
    ),
    Invariant(
        "experience.standing_is_of_the_level",
        "an unredeemed standing benefit is of the level held, or the fact that will void it is recorded",
        """WITH level AS (
             SELECT (l ->> 'rank')::int AS rank, coalesce(l -> 'standing', '[]') AS standing
             FROM configuration, jsonb_array_elements(body -> 'levels') AS l
             WHERE kind = 'level-tables' AND code = 'default' AND state = 'live')
           SELECT s.id, s.customer_id, s.benefit, a.rank FROM standing_benefit s
           JOIN benefit_grant g ON g.id = s.grant_id AND g.state IN ('issuing', 'granted')
           JOIN experience_account a ON a.customer_id = s.customer_id JOIN level l ON l.rank = a.rank
           WHERE NOT l.standing ? s.benefit AND NOT EXISTS (
             SELECT FROM outbox o WHERE o.fact = 'StandingDue'
               OR (o.fact = 'LevelMoved' AND (o.payload ->> 'customer_id')::bigint = s.customer_id))""",
    ),
    Invariant(
        "experience.standing_is_there_once",
        "nobody has a standing benefit twice in a period",
        """SELECT s.customer_id, s.benefit, s.period, count(*) AS grants FROM standing_benefit s
           JOIN benefit_grant g ON g.id = s.grant_id AND g.state NOT IN ('voided', 'failed')
           GROUP BY s.customer_id, s.benefit, s.period HAVING count(*) > 1""",
    ),
    Invariant(
        "task.places_are_counted",
        "no more places are taken than were counted",
        """SELECT p.task, p.taken, count(c.id) AS claims FROM task_places p JOIN claim c ON c.task = p.task
           JOIN configuration v ON v.id = c.version_id AND v.body -> 'claim' ->> 'places' IS NOT NULL
           GROUP BY p.task, p.taken HAVING count(c.id) > p.taken""",
    ),
    Invariant(
        "offer.claimed_has_a_claim",
        "who took an offer up, or was claimed for, has a claim of that task",
        """SELECT o.id, o.customer_id, o.task FROM task_offer o WHERE o.state = 'claimed'
             AND NOT EXISTS (SELECT FROM claim c WHERE c.customer_id = o.customer_id AND c.task = o.task)""",
    ),
    Invariant(
        "offer.open_only_while_complete",
        "an open offer stands on a completion that holds, or the fact that will withdraw it is recorded",
        """SELECT o.id, c.id AS claim_id, c.state FROM task_offer o JOIN claim c ON c.id = o.from_claim_id
           WHERE o.state = 'open' AND (c.state NOT IN ('completed', 'rewarded') OR o.round < c.round)
             AND NOT EXISTS (SELECT FROM outbox x WHERE x.fact IN ('CompletionLost', 'TaskCompleted')
                             AND (x.payload ->> 'claim_id')::bigint = c.id)""",
    ),
    Invariant(
        "offer.within_the_pool",
        "a customer has no more offers of a pool open than it allows",
        """SELECT o.customer_id, o.pool, count(*) AS open FROM task_offer o
           JOIN claim c ON c.id = o.from_claim_id JOIN configuration v ON v.id = c.version_id
           WHERE o.state = 'open' GROUP BY o.customer_id, o.pool
           HAVING count(*) > max(coalesce((v.body -> 'follow_ups' ->> 'open_offers')::int, 3))""",
    ),
    Invariant(
        "task.follow_ups_make_no_circle",
        "no way along the follow-ups of what is live or paused leads back to where it began",
        """WITH RECURSIVE edge AS (
             SELECT v.code, r ->> 'task' AS next FROM configuration v
             CROSS JOIN LATERAL jsonb_path_query(v.body, '$.follow_ups.rules[*]') AS r
             WHERE v.kind = 'tasks' AND v.state IN ('live', 'paused')
           ), way AS (
             SELECT code, next FROM edge UNION SELECT w.code, e.next FROM way w JOIN edge e ON e.code = w.next
           )
           SELECT code FROM way WHERE code = next""",
    ),
    Invariant(
        "benefit.issued_is_counted",
        "the grants of a benefit that have not failed are as many as its counter says",
        """SELECT s.benefit, s.issued, count(g.id) AS grants FROM benefit_stock s
           LEFT JOIN benefit_grant g ON g.benefit = s.benefit AND g.state <> 'failed'
           GROUP BY s.benefit, s.issued HAVING s.issued <> count(g.id)""",
    ),
    Invariant(
        "benefit.state_is_the_last_move",
        "the state of a granted benefit is where its history ends",
        """SELECT g.id, g.state, m.after FROM benefit_grant g
           LEFT JOIN LATERAL (SELECT after FROM benefit_move WHERE grant_id = g.id ORDER BY id DESC LIMIT 1) m ON true
           WHERE m.after IS DISTINCT FROM g.state""",
    ),
    Invariant(
        "benefit.code_of_its_own",
        "a grant of a benefit that works by codes has a code of that benefit; one without codes has none",
        """SELECT g.id, c.id AS code_id FROM benefit_grant g JOIN configuration v ON v.id = g.version_id
           LEFT JOIN benefit_code c ON c.grant_id = g.id
           WHERE c.benefit <> g.benefit OR CASE v.body ->> 'stock_mode'
             WHEN 'codes' THEN c.id IS NULL WHEN 'unlimited' THEN c.id IS NOT NULL ELSE false END""",
    ),
    Invariant(
        "benefit.taken_back_is_gone_or_owed",
        "a benefit whose reward was taken back, or what took its place, is voided, failed, expired, or owed for",
        """WITH RECURSIVE chain AS (
             SELECT g.id AS grant_id, b.id, b.state, b.substitute_id FROM reward_grant g
             JOIN benefit_grant b ON b.id = g.benefit_grant_id WHERE g.state = 'clawed_back'
             UNION ALL
             SELECT c.grant_id, b.id, b.state, b.substitute_id FROM chain c
             JOIN benefit_grant b ON b.id = c.substitute_id)
           SELECT c.grant_id, c.id AS benefit_grant_id, c.state FROM chain c LEFT JOIN debt d ON d.grant_id = c.grant_id
           WHERE c.state IN ('issuing', 'granted') OR (c.state IN ('redeeming', 'redeemed') AND d.id IS NULL)""",
    ),
    *REWARDS,
    *BUDGETS,
    *BENEFIT_INVARIANTS,
    *CONFIGURATION_INVARIANTS,
    *FILES,
    *AUDIENCE_INVARIANTS,
    *TAGS,
    *RISK,
    *(Invariant(name, says, sql) for name, (says, sql) in CHECKS.items()),
)
