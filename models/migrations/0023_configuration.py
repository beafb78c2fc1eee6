"""Second approvers, schedules and the history of configurations; then what the database itself refuses of them."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.migration import Base

ADD = [
    "DROP INDEX one_version_in_the_making",
    "CREATE UNIQUE INDEX one_version_in_the_making ON configuration (kind, code)"
    " WHERE state IN ('draft', 'submitted', 'checked', 'scheduled')",
    "DROP INDEX configuration_pending",
    "CREATE INDEX configuration_pending ON configuration (submitted_at) WHERE state IN ('submitted', 'checked')",
    "CREATE INDEX configuration_due ON configuration (scheduled_at) WHERE state = 'scheduled'",
    "ALTER TABLE configuration DROP CONSTRAINT configuration_state",
    "ALTER TABLE configuration ADD CONSTRAINT configuration_state CHECK (state IN"
    " ('draft', 'submitted', 'checked', 'scheduled', 'live', 'paused', 'superseded', 'ended'))",
    "ALTER TABLE configuration ADD CONSTRAINT budget_approver_is_a_third CHECK (budget_approver_id IS NULL"
    " OR (checker_id IS NOT NULL AND budget_approver_id <> maker_id AND budget_approver_id <> checker_id))",
    "ALTER TABLE configuration ADD CONSTRAINT over_limit_was_approved CHECK (NOT over_limit"
    " OR budget_approver_id IS NOT NULL OR state IN ('draft', 'submitted', 'checked', 'ended'))",
    "ALTER TABLE configuration ADD CONSTRAINT checked_is_over_limit CHECK (state <> 'checked' OR over_limit)",
    "ALTER TABLE configuration ADD CONSTRAINT scheduled_has_a_time"
    " CHECK (state <> 'scheduled' OR scheduled_at IS NOT NULL)",
    "ALTER TABLE configuration ADD CONSTRAINT configuration_cost CHECK (cost_fen >= 0)",
    "UPDATE configuration SET changed_at = greatest(created_at, submitted_at, live_at, ended_at)",
]


class Migration(Base):
    dependencies = [("models", "0022_operators")]
    operations = [
        ops.AddField(model_name='Configuration', name='cost_fen', field=fields.BigIntField(db_default=0)),
        ops.AddField(model_name='Configuration', name='over_limit', field=fields.BooleanField(db_default=False)),
        ops.AddField(model_name='Configuration', name='budget_approver_id', field=fields.BigIntField(null=True)),
        ops.AddField(model_name='Configuration', name='scheduled_at', field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
        ops.AddField(model_name='Configuration', name='changed_at', field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
        ops.CreateModel(
            name='ConfigurationMove',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('configuration', fields.ForeignKeyField('models.Configuration', source_field='configuration_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('act', fields.CharField(max_length=16)),
                ('from_state', fields.CharField(null=True, max_length=16)),
                ('to_state', fields.CharField(max_length=16)),
                ('operator_id', fields.BigIntField(null=True)),
                ('content_hash', fields.CharField(max_length=64)),
                ('reason', fields.TextField(null=True, unique=False)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'configuration_move', 'app': 'models', 'indexes': [Index(fields=['configuration_id', 'id'])], 'pk_attr': 'id', 'table_description': 'What happened to a version, by whom; nobody where the platform did it by itself.'},
            bases=['Model'],
        ),
        *(ops.RunSQL(statement) for statement in ADD),
    ]
