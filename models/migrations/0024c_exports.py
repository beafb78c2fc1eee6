"""Lists that operators asked for; then what the database itself refuses of them."""

import functools
from json import dumps, loads

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.migration import Base

ADD = [
    "ALTER TABLE export ADD CONSTRAINT export_state"
    " CHECK (state IN ('submitted', 'rejected', 'approved', 'ready', 'failed', 'expired'))",
    "ALTER TABLE export ADD CONSTRAINT export_maker_is_not_checker"
    " CHECK (checker_id IS NULL OR checker_id <> maker_id)",
    "ALTER TABLE export ADD CONSTRAINT export_was_checked"
    " CHECK ((state = 'submitted') = (checker_id IS NULL) AND (state = 'submitted') = (decided_at IS NULL))",
    "ALTER TABLE export ADD CONSTRAINT export_ready_expires"
    " CHECK ((state IN ('ready', 'expired')) = (ready_at IS NOT NULL) AND (ready_at IS NULL) = (expires_at IS NULL))",
    "CREATE INDEX export_waiting ON export (id) WHERE state = 'approved'",
    "CREATE INDEX export_to_expire ON export (expires_at) WHERE state = 'ready'",
]


class Migration(Base):
    dependencies = [("models", "0024b_imports")]
    operations = [
        ops.CreateModel(
            name='Export',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('body', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('content_hash', fields.CharField(max_length=64)),
                ('branch', fields.CharField(max_length=32)),
                ('state', fields.CharField(max_length=16)),
                ('maker_id', fields.BigIntField()),
                ('checker_id', fields.BigIntField(null=True)),
                ('idempotency_key', fields.CharField(max_length=80)),
                ('reject_reason', fields.TextField(null=True, unique=False)),
                ('failure', fields.CharField(null=True, max_length=64)),
                ('rows', fields.IntField(null=True)),
                ('bytes', fields.BigIntField(null=True)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('decided_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ready_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'export', 'app': 'models', 'unique_together': (('maker_id', 'idempotency_key'),), 'pk_attr': 'id', 'table_description': 'submitted → approved → ready → expired; rejected, failed. `expires_at` is when its file goes.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ExportPiece',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('export', fields.ForeignKeyField('models.Export', source_field='export_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('number', fields.IntField()),
                ('sealed', fields.BinaryField()),
            ],
            options={'table': 'export_piece', 'app': 'models', 'unique_together': (('export_id', 'number'),), 'pk_attr': 'id', 'table_description': "A piece of an export's file, sealed; gone when the file expires."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ExportDownload',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('export', fields.ForeignKeyField('models.Export', source_field='export_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('operator_id', fields.BigIntField()),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'export_download', 'app': 'models', 'indexes': [Index(fields=['export_id', 'id'])], 'pk_attr': 'id', 'table_description': 'An operator took the file of an export.'},
            bases=['Model'],
        ),
        *(ops.RunSQL(statement) for statement in ADD),
    ]
