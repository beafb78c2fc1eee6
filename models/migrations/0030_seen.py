"""Forecasts, what they play, and who saw which task; then what the database itself refuses of them."""

import functools
from json import dumps, loads

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.migration import Base

ADD = [
    "ALTER TABLE forecast ADD CONSTRAINT forecast_kind CHECK (kind IN ('tasks', 'campaigns'))",
    "ALTER TABLE forecast ADD CONSTRAINT forecast_state CHECK (state IN ('waiting', 'running', 'ready', 'failed'))",
    "ALTER TABLE forecast ADD CONSTRAINT forecast_ready_says"
    " CHECK ((state = 'ready') = (result IS NOT NULL) AND (result IS NULL) = (exceeds IS NULL))",
    "ALTER TABLE forecast ADD CONSTRAINT forecast_failed_why CHECK ((state = 'failed') = (failure IS NOT NULL))",
    "ALTER TABLE forecast ADD CONSTRAINT forecast_finished"
    " CHECK ((state IN ('ready', 'failed')) = (finished_at IS NOT NULL))",
    "CREATE INDEX forecast_to_do ON forecast (id) WHERE state IN ('waiting', 'running')",
    "ALTER TABLE forecast_claim ADD CONSTRAINT forecast_claim_number CHECK (number > 0)",
    "ALTER TABLE forecast_claim ADD CONSTRAINT forecast_claim_done_by_one"
    " CHECK (completed_at IS NULL OR (number = 1 AND customer_id IS NOT NULL AND NOT expired))",
    "ALTER TABLE task_seen ADD CONSTRAINT task_seen_names_some CHECK (cardinality(tasks) > 0)",
]


class Migration(Base):
    dependencies = [("models", "0026_audiences")]
    operations = [
        ops.CreateModel(
            name='Forecast',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('kind', fields.CharField(max_length=32)),
                ('code', fields.CharField(max_length=64)),
                ('asked', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('documents', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('branch', fields.CharField(max_length=32)),
                ('maker_id', fields.BigIntField()),
                ('state', fields.CharField(max_length=16)),
                ('after_customer', fields.BigIntField(default=0)),
                ('customers', fields.BigIntField(default=0)),
                ('customers_done', fields.BigIntField(default=0)),
                ('events', fields.BigIntField(default=0)),
                ('tally', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('result', fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('exceeds', fields.BooleanField(null=True)),
                ('failure', fields.CharField(null=True, max_length=64)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('finished_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'forecast', 'app': 'models', 'indexes': [Index(fields=['kind', 'code', 'id'])], 'pk_attr': 'id', 'table_description': 'waiting → running → ready; failed. `documents` are the versions as they were when it was asked for, `tally` who'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ForecastClaim',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('forecast', fields.ForeignKeyField('models.Forecast', source_field='forecast_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('task', fields.CharField(max_length=64)),
                ('customer_id', fields.BigIntField(null=True)),
                ('branch', fields.CharField(max_length=32)),
                ('stage', fields.CharField(max_length=16)),
                ('opened_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('claimed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('completed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('expired', fields.BooleanField()),
                ('number', fields.IntField()),
            ],
            options={'table': 'forecast_claim', 'app': 'models', 'indexes': [Index(fields=['forecast_id', 'completed_at'])], 'pk_attr': 'id', 'table_description': 'A claim there would have been; `number` of them where they are alike and come to nothing. Gone when the forecast'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TaskSeen',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('tasks', ArrayField(element_type='TEXT')),
                ('first_seen_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'task_seen', 'app': 'models', 'indexes': [Index(fields=['customer_id'])], 'pk_attr': 'id', 'table_description': "A customer's page showed these tasks for the first time; no task stands in two rows of a customer."},
            bases=['Model'],
        ),
        *(ops.RunSQL(statement) for statement in ADD),
    ]
