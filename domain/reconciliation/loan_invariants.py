"""What must be true of loans, their coupons and what the core's books are told, at every commit."""

from domain.reconciliation.invariant import Invariant

LOANS: tuple[Invariant, ...] = (
    Invariant(
        "loan.state_is_the_last_move",
        "the state of a loan is where its history ends",
        """SELECT l.id, l.state, m.after FROM loan l
           LEFT JOIN LATERAL (SELECT after FROM loan_move WHERE loan_id = l.id ORDER BY id DESC LIMIT 1) m ON true
           WHERE m.after IS DISTINCT FROM l.state""",
    ),
    Invariant(
        "loan.its_coupons_are_where_it_is",
        "the coupons of a loan that is processing are occupied by it, those of one that was disbursed used by it, or a"
        " discrepancy says why not; a loan that came to nothing has none",
        """SELECT l.id, l.state, c.id AS coupon_id, c.state AS coupon_state FROM loan l
           JOIN loan_coupon k ON k.loan_id = l.id JOIN coupon c ON c.id = k.coupon_id
           WHERE (c.loan_id IS NOT DISTINCT FROM l.id AND c.state IN ('occupied', 'used'))
                 <> (l.state IN ('processing', 'disbursed', 'repaid_early'))
             AND NOT (c.state = 'voided' AND l.state = 'processing')
             AND NOT EXISTS (SELECT FROM loan_discrepancy d WHERE d.loan_id = l.id AND d.coupon_id = c.id
                             AND d.kind = CASE l.state WHEN 'processing' THEN 'released_undecided'
                                                       ELSE 'disbursed_after_release' END)""",
    ),
    Invariant(
        "loan.coupons_are_known",
        "a coupon that is occupied or used by a loan stands among the loan's coupons",
        """SELECT c.id, c.loan_id FROM coupon c JOIN loan l ON l.id = c.loan_id
           WHERE c.state IN ('occupied', 'used')
             AND NOT EXISTS (SELECT FROM loan_coupon k WHERE k.loan_id = l.id AND k.coupon_id = c.id)""",
    ),
    Invariant(
        "loan.exclusive_coupons_are_alone",
        "a loan with several coupons has only stackable ones",
        """SELECT k.loan_id, count(*) AS coupons FROM loan_coupon k JOIN coupon c ON c.id = k.coupon_id
           JOIN configuration v ON v.id = c.version_id GROUP BY k.loan_id
           HAVING count(*) > 1 AND bool_or(coalesce(v.body #>> '{use,stacking}', 'exclusive') = 'exclusive')""",
    ),
    Invariant(
        "entry.is_what_was_taken_off",
        "a standing entry is of a loan that was disbursed, and books what the coupon takes off there",
        """SELECT a.id, a.amount_fen, k.reduction_fen, l.state FROM accounting_entry a JOIN loan l ON l.id = a.loan_id
           LEFT JOIN loan_coupon k ON k.loan_id = a.loan_id AND k.coupon_id = a.coupon_id
           WHERE a.reverses_id IS NULL AND a.reversed_at IS NULL
             AND (l.state NOT IN ('disbursed', 'repaid_early') OR k.reduction_fen IS DISTINCT FROM a.amount_fen)""",
    ),
    Invariant(
        "entry.reversed_once",
        "a reversed entry has exactly one reversal, of its whole amount and of the same coupon and loan",
        """SELECT a.id, a.reversed_at, r.id AS reversal FROM accounting_entry a
           LEFT JOIN accounting_entry r ON r.reverses_id = a.id
           WHERE (a.reversed_at IS NOT NULL) <> (r.id IS NOT NULL) OR r.amount_fen <> -a.amount_fen
              OR r.coupon_id <> a.coupon_id OR r.loan_id <> a.loan_id""",
    ),
    Invariant(
        "entry.reversal_after_its_entry",
        "a reversal the core has confirmed is of an entry it has confirmed",
        """SELECT r.id, a.id AS entry_id FROM accounting_entry r JOIN accounting_entry a ON a.id = r.reverses_id
           WHERE r.state = 'confirmed' AND a.state <> 'confirmed'""",
    ),
)
