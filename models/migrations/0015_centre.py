"""What the last check of each invariant found; the live set shared in one round trip."""

import functools
from json import dumps, loads

from tortoise import fields
from tortoise.migrations import operations as ops

from models.migration import Base

# VOLATILE, so that every statement in it has a snapshot of its own.
SHARE_LIVE_SET = """
CREATE FUNCTION share_live_set(lock bigint) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(lock);
  RETURN (SELECT number FROM revision WHERE id = 1);
END $$"""
ADD = [
    "ALTER TABLE invariant_check ADD CONSTRAINT violations_not_negative CHECK (violations >= 0)",
]


class Migration(Base):
    dependencies = [("models", "0014_budgets")]
    operations = [
        ops.RunSQL(SHARE_LIVE_SET),
        ops.CreateModel(
            name='InvariantCheck',
            fields=[
                ('invariant', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('violations', fields.IntField()),
                ('rows', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('seconds', fields.FloatField()),
                ('checked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'invariant_check', 'app': 'models', 'pk_attr': 'invariant', 'table_description': 'The last check of an invariant: how many rows break it, and the first of them.'},
            bases=['Model'],
        ),
        *(ops.RunSQL(statement) for statement in ADD),
    ]
