"""What the database itself refuses. Tortoise does not put `Meta.constraints` on new tables, so they are said here."""

from tortoise.migrations import operations as ops

from models.migration import Base

ADD = [
    # A configuration: one live version and one version in the making per code; maker is never checker.
    "CREATE UNIQUE INDEX one_live_version ON configuration (kind, code) WHERE state IN ('live', 'paused')",
    "CREATE UNIQUE INDEX one_version_in_the_making ON configuration (kind, code) WHERE state IN ('draft', 'submitted')",
    "ALTER TABLE configuration ADD CONSTRAINT maker_is_not_checker CHECK (checker_id IS NULL OR checker_id <> maker_id)",
    "ALTER TABLE configuration ADD CONSTRAINT live_was_checked"
    " CHECK (state IN ('draft', 'submitted', 'ended') OR checker_id IS NOT NULL)",
    "ALTER TABLE configuration ADD CONSTRAINT configuration_state"
    " CHECK (state IN ('draft', 'submitted', 'live', 'paused', 'superseded', 'ended'))",
    "CREATE INDEX configuration_pending ON configuration (submitted_at) WHERE state = 'submitted'",
    "INSERT INTO revision (id, number) VALUES (1, 0)",
    # Events: what the exact path and the linking of refunds look for.
    "CREATE INDEX event_of_customer ON event (customer_id, occurred_at)",
    "CREATE INDEX event_by_original ON event (source, original_event_id) WHERE original_event_id IS NOT NULL",
    "CREATE INDEX event_by_authorisation ON event (card_token, merchant_id, auth_code)"
    " WHERE original_event_id IS NULL AND type IN ('refund', 'reversal', 'chargeback')",
    "CREATE INDEX event_taking_back ON event (customer_id) WHERE type IN ('refund', 'reversal', 'chargeback')",
    "ALTER TABLE event ADD CONSTRAINT amount_not_negative CHECK (amount_fen >= 0)",
    # Claims.
    "CREATE SEQUENCE change_no",
    "ALTER TABLE claim ADD CONSTRAINT claim_state"
    " CHECK (state IN ('claimed', 'completed', 'rewarded', 'expired', 'cancelled', 'clawed_back'))",
    "ALTER TABLE claim ADD CONSTRAINT completed_has_a_round"
    " CHECK (state NOT IN ('completed', 'rewarded') OR (round > 0 AND completed_at IS NOT NULL))",
    "CREATE INDEX claim_to_expire ON claim (expires_at) WHERE state = 'claimed' AND expires_at IS NOT NULL",
    "CREATE INDEX claim_of_version ON claim (version_id) WHERE state = 'claimed'",
    "ALTER TABLE task_places ADD CONSTRAINT places_not_negative CHECK (taken >= 0)",
    # Rewards.
    "ALTER TABLE reward_grant ADD CONSTRAINT grant_state"
    " CHECK (state IN ('pending', 'granted', 'failed', 'cancelled', 'clawed_back'))",
    "CREATE INDEX grant_to_settle ON reward_grant (settles_at) WHERE state = 'pending'",
    "CREATE INDEX entry_of_customer ON experience_entry (customer_id, id DESC)",
    # Coupons: never more than the stock, and the deadline belongs to the occupied.
    "ALTER TABLE coupon_stock ADD CONSTRAINT issued_within_stock CHECK (issued BETWEEN 0 AND stock)",
    "ALTER TABLE coupon ADD CONSTRAINT coupon_state"
    " CHECK (state IN ('unused', 'occupied', 'used', 'expired', 'voided'))",
    "ALTER TABLE coupon ADD CONSTRAINT occupied_has_loan_and_deadline"
    " CHECK (state <> 'occupied' OR (loan_id IS NOT NULL AND occupied_until IS NOT NULL))",
    "ALTER TABLE coupon ADD CONSTRAINT used_has_loan CHECK (state <> 'used' OR loan_id IS NOT NULL)",
    "CREATE UNIQUE INDEX one_coupon_per_loan ON coupon (loan_id) WHERE state IN ('occupied', 'used')",
    "CREATE INDEX coupon_to_expire ON coupon (valid_until) WHERE state = 'unused'",
    "CREATE INDEX coupon_occupied ON coupon (occupied_until) WHERE state = 'occupied'",
    # Loans.
    "ALTER TABLE loan ADD CONSTRAINT loan_state CHECK (state IN ('processing', 'disbursed', 'declined'))",
    "ALTER TABLE loan ADD CONSTRAINT loan_amount CHECK (amount_fen > 0 AND periods > 0)",
    "CREATE INDEX loan_processing ON loan (asked_at) WHERE state = 'processing'",
    "ALTER TABLE accounting_entry ADD CONSTRAINT entry_state CHECK (state IN ('pending', 'confirmed'))",
    "CREATE INDEX entry_pending ON accounting_entry (created_at) WHERE state = 'pending'",
    # Outbox.
    "CREATE INDEX outbox_due ON outbox (available_at, id) WHERE parked_at IS NULL",
]


class Migration(Base):
    dependencies = [("models", "0001_initial")]
    operations = [ops.RunSQL(statement) for statement in ADD]
