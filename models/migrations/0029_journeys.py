"""Journeys: who is on their way through which, and the steps behind them; offers that stand on no completion."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.migration import Base

ADD = [
    # There are many steps, and nothing reads them by an id.
    "ALTER TABLE journey_path DROP COLUMN id",
    "ALTER TABLE journey_path ADD CONSTRAINT journey_path_pkey PRIMARY KEY (run_id, number)",
    "ALTER TABLE journey_run ADD CONSTRAINT journey_run_state CHECK (state IN ('active', 'ended'))",
    "ALTER TABLE journey_run ADD CONSTRAINT journey_run_active_is_due CHECK ((state = 'active') = (due_at IS NOT NULL))",
    "ALTER TABLE journey_run ADD CONSTRAINT journey_run_ended"
    " CHECK ((state = 'ended') = (ended_at IS NOT NULL) AND (state = 'ended') = (end_reason IS NOT NULL))",
    "ALTER TABLE journey_run ADD CONSTRAINT journey_run_waits"
    " CHECK ((waiting_for IS NULL OR state = 'active') AND (heard_at IS NULL OR waiting_for IS NOT NULL))",
    "ALTER TABLE journey_run ADD CONSTRAINT journey_run_goal"
    " CHECK ((goal_for IS NULL) = (goal_until IS NULL) AND (goal_at IS NULL OR goal_at <= goal_until))",
    "ALTER TABLE journey_run ADD CONSTRAINT journey_run_counts CHECK (turn >= 1 AND moves >= 0)",
    "ALTER TABLE journey_path ADD CONSTRAINT journey_path_number CHECK (number >= 1)",
    "CREATE UNIQUE INDEX one_active_journey_run ON journey_run (journey, customer_id) WHERE state = 'active'",
    "CREATE INDEX journey_run_due ON journey_run (journey, due_at) WHERE state = 'active'",
    "CREATE INDEX journey_run_waiting ON journey_run (waiting_for, customer_id) WHERE waiting_for IS NOT NULL",
    "CREATE INDEX journey_run_goal_open ON journey_run (goal_for, customer_id)"
    " WHERE goal_for IS NOT NULL AND goal_at IS NULL",
    "ALTER TABLE task_offer ADD CONSTRAINT offer_stands_on_something"
    " CHECK ((from_claim_id IS NULL) = (source IS NOT NULL))",
]


class Migration(Base):
    dependencies = [("models", "0027_uses")]
    operations = [
        ops.CreateModel(
            name='JourneyRun',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('journey', fields.CharField(max_length=64)),
                ('version', fields.ForeignKeyField('models.Configuration', source_field='version_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('turn', fields.IntField()),
                ('cause', fields.CharField(max_length=80)),
                ('state', fields.CharField(max_length=16)),
                ('step', fields.CharField(max_length=32)),
                ('moves', fields.IntField()),
                ('since', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('due_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('waiting_for', fields.CharField(null=True, max_length=80)),
                ('heard_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('entered_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('end_reason', fields.CharField(null=True, max_length=32)),
                ('goal_for', fields.CharField(null=True, max_length=80)),
                ('goal_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('goal_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'journey_run', 'app': 'models', 'unique_together': (('journey', 'customer_id', 'turn'),), 'indexes': [Index(fields=['customer_id', 'id'])], 'pk_attr': 'id', 'table_description': 'A customer in a journey, on the version they came in on: active → ended; `turn` counts their times.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='JourneyPath',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('run', fields.ForeignKeyField('models.JourneyRun', source_field='run_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('number', fields.IntField()),
                ('step', fields.CharField(max_length=32)),
                ('exit', fields.CharField(max_length=64)),
                ('code', fields.CharField(null=True, max_length=64)),
                ('onward', fields.CharField(null=True, max_length=32)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'journey_path', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A run left a step by one of its exits, for the step `onward`, or for none: it is over. `code` says why it was not'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='JourneyDay',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('journey', fields.CharField(max_length=64)),
                ('day', fields.DateField()),
                ('after_customer', fields.BigIntField()),
                ('entered', fields.IntField()),
                ('done_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'journey_day', 'app': 'models', 'unique_together': (('journey', 'day'),), 'pk_attr': 'id', 'table_description': 'A journey that begins by date lets its customers of a business day in: those up to `after_customer` are.'},
            bases=['Model'],
        ),
        ops.AlterField(model_name='TaskOffer', name='from_claim', field=fields.ForeignKeyField('models.Claim', source_field='from_claim_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
        ops.AddField(model_name='TaskOffer', name='source', field=fields.CharField(null=True, unique=True, max_length=80)),
        *(ops.RunSQL(statement) for statement in ADD),
    ]
