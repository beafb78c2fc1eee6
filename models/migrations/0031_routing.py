"""Third people for coupon issues and compensations, imports that fail and are resumed; then what the database refuses."""

from tortoise import fields
from tortoise.migrations import operations as ops

from models.migration import Base

_THIRD = (
    "CHECK (budget_approver_id IS NULL OR (checker_id IS NOT NULL AND budget_approver_id <> maker_id"
    " AND budget_approver_id <> checker_id))"
)
ADD = [
    "ALTER TABLE coupon_issue DROP CONSTRAINT coupon_issue_state",
    "ALTER TABLE coupon_issue ADD CONSTRAINT coupon_issue_state CHECK (state IN"
    " ('submitted', 'checked', 'rejected', 'running', 'paused', 'done', 'ended', 'cancelled'))",
    "ALTER TABLE coupon_issue DROP CONSTRAINT coupon_issue_was_checked",
    "ALTER TABLE coupon_issue ADD CONSTRAINT coupon_issue_was_checked CHECK (state IN"
    " ('submitted', 'rejected', 'cancelled') OR (checker_id IS NOT NULL AND (state = 'checked') = (approved_at IS NULL)))",
    f"ALTER TABLE coupon_issue ADD CONSTRAINT coupon_issue_budget_approver_is_a_third {_THIRD}",
    "ALTER TABLE coupon_issue ADD CONSTRAINT coupon_issue_over_limit_was_approved CHECK (NOT over_limit"
    " OR budget_approver_id IS NOT NULL OR state IN ('checked', 'cancelled'))",
    "ALTER TABLE coupon_issue ADD CONSTRAINT coupon_issue_checked_is_over_limit CHECK (state <> 'checked' OR over_limit)",
    "ALTER TABLE coupon_issue ADD CONSTRAINT coupon_issue_cost CHECK (cost_fen >= 0)",
    "CREATE INDEX coupon_issue_waiting ON coupon_issue (created_at) WHERE state IN ('submitted', 'checked')",
    "ALTER TABLE compensation DROP CONSTRAINT compensation_state",
    "ALTER TABLE compensation ADD CONSTRAINT compensation_state"
    " CHECK (state IN ('submitted', 'checked', 'granted', 'rejected'))",
    "ALTER TABLE compensation DROP CONSTRAINT compensation_was_checked",
    "ALTER TABLE compensation ADD CONSTRAINT compensation_was_checked"
    " CHECK (state NOT IN ('checked', 'granted') OR checker_id IS NOT NULL)",
    "ALTER TABLE compensation DROP CONSTRAINT compensation_decided",
    "ALTER TABLE compensation ADD CONSTRAINT compensation_decided"
    " CHECK ((state IN ('submitted', 'checked')) = (decided_at IS NULL))",
    f"ALTER TABLE compensation ADD CONSTRAINT compensation_budget_approver_is_a_third {_THIRD}",
    "ALTER TABLE compensation ADD CONSTRAINT compensation_over_limit_was_approved CHECK (NOT over_limit"
    " OR budget_approver_id IS NOT NULL OR state = 'checked')",
    "ALTER TABLE compensation ADD CONSTRAINT compensation_checked_is_over_limit CHECK (state <> 'checked' OR over_limit)",
    "CREATE INDEX compensation_waiting ON compensation (created_at) WHERE state IN ('submitted', 'checked')",
    "CREATE INDEX export_submitted ON export (created_at) WHERE state = 'submitted'",
    "ALTER TABLE import_file DROP CONSTRAINT import_file_state",
    "ALTER TABLE import_file ADD CONSTRAINT import_file_state"
    " CHECK (state IN ('received', 'running', 'failed', 'done', 'refused', 'cancelled'))",
    "ALTER TABLE import_file ADD CONSTRAINT import_file_failed CHECK (state <> 'failed' OR failure IS NOT NULL)",
]


class Migration(Base):
    dependencies = [("models", "0030_seen")]
    operations = [
        ops.AddField(model_name='CouponIssue', name='cost_fen', field=fields.BigIntField(db_default=0)),
        ops.AddField(model_name='CouponIssue', name='over_limit', field=fields.BooleanField(db_default=False)),
        ops.AddField(model_name='CouponIssue', name='budget_approver_id', field=fields.BigIntField(null=True)),
        ops.AddField(model_name='Compensation', name='over_limit', field=fields.BooleanField(db_default=False)),
        ops.AddField(model_name='Compensation', name='budget_approver_id', field=fields.BigIntField(null=True)),
        ops.AddField(model_name='ImportFile', name='attempts', field=fields.IntField(db_default=0)),
        ops.AddField(model_name='ImportFile', name='retry_at', field=fields.DatetimeField(null=True)),
        ops.AddField(model_name='ImportFile', name='failure', field=fields.CharField(max_length=200, null=True)),
        ops.AddField(model_name='ImportFile', name='worked_ms', field=fields.BigIntField(db_default=0)),
        *(ops.RunSQL(statement) for statement in ADD),
    ]
