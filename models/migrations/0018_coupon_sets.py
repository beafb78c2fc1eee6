"""Coupons to many customers at once, compensations, reminders; then what the database itself refuses of them."""

import functools
from json import dumps, loads

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.migration import Base

# History is read by coupon: with that order as its key there is one index less to write for each row.
KEY = [
    "ALTER TABLE coupon_move DROP CONSTRAINT coupon_move_pkey",
    "ALTER TABLE coupon_move ADD CONSTRAINT coupon_move_pkey PRIMARY KEY (coupon_id, id)",
]
ADD = [
    "ALTER TABLE coupon_issue ADD CONSTRAINT coupon_issue_state"
    " CHECK (state IN ('submitted', 'rejected', 'running', 'paused', 'done', 'ended', 'cancelled'))",
    "ALTER TABLE coupon_issue ADD CONSTRAINT coupon_issue_maker_is_not_checker"
    " CHECK (checker_id IS NULL OR checker_id <> maker_id)",
    "ALTER TABLE coupon_issue ADD CONSTRAINT coupon_issue_was_checked"
    " CHECK (state IN ('submitted', 'rejected', 'cancelled') OR (checker_id IS NOT NULL AND approved_at IS NOT NULL))",
    "ALTER TABLE coupon_issue ADD CONSTRAINT coupon_issue_unapproved_issued_nothing"
    " CHECK (approved_at IS NOT NULL OR issued = 0)",
    "ALTER TABLE coupon_issue ADD CONSTRAINT coupon_issue_within_total CHECK (issued BETWEEN 0 AND total)",
    "ALTER TABLE coupon_issue ADD CONSTRAINT coupon_issue_running_is_due"
    " CHECK ((state = 'running') = (due_at IS NOT NULL))",
    "ALTER TABLE coupon_issue ADD CONSTRAINT coupon_issue_closed"
    " CHECK ((state IN ('rejected', 'done', 'ended', 'cancelled')) = (closed_at IS NOT NULL))",
    "CREATE INDEX coupon_issue_due ON coupon_issue (due_at, id) WHERE state = 'running'",
    "ALTER TABLE compensation ADD CONSTRAINT compensation_state CHECK (state IN ('submitted', 'granted', 'rejected'))",
    "ALTER TABLE compensation ADD CONSTRAINT compensation_maker_is_not_checker"
    " CHECK (checker_id IS NULL OR checker_id <> maker_id)",
    "ALTER TABLE compensation ADD CONSTRAINT compensation_was_checked CHECK (state <> 'granted' OR checker_id IS NOT NULL)",
    "ALTER TABLE compensation ADD CONSTRAINT compensation_decided"
    " CHECK ((state = 'submitted') = (decided_at IS NULL))",
    "ALTER TABLE compensation ADD CONSTRAINT compensation_is_something"
    " CHECK (CASE kind WHEN 'experience' THEN target IS NULL AND amount > 0"
    " WHEN 'coupon' THEN target IS NOT NULL AND amount = 1 WHEN 'benefit' THEN target IS NOT NULL AND amount = 1"
    " ELSE false END)",
    "CREATE INDEX coupon_to_remind ON coupon (remind_at) WHERE state = 'unused' AND remind_at IS NOT NULL",
    "CREATE UNIQUE INDEX one_offer_reminder ON offer_reminder (template, customer_id) WHERE told_at IS NULL",
]


class Migration(Base):
    dependencies = [("models", "0017_suppliers")]
    operations = [
        ops.CreateModel(
            name='AudienceFile',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(max_length=100)),
                ('digest', fields.CharField(max_length=64)),
                ('rows', fields.IntField()),
                ('customers', fields.IntField()),
                ('duplicates', fields.IntField()),
                ('faulty', fields.IntField()),
                ('faults', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('branch', fields.CharField(max_length=32)),
                ('made_by', fields.BigIntField()),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'audience_file', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A file of customer numbers that was taken in whole; its customers stand in sets.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='AudienceFileSet',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('file', fields.ForeignKeyField('models.AudienceFile', source_field='file_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('number', fields.IntField()),
                ('customer_ids', ArrayField(element_type='BIGINT')),
            ],
            options={'table': 'audience_file_set', 'app': 'models', 'unique_together': (('file_id', 'number'),), 'pk_attr': 'id', 'table_description': 'Customers of a file, by id; a set holds none twice, and no two sets the same.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Compensation',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('kind', fields.CharField(max_length=16)),
                ('target', fields.CharField(null=True, max_length=64)),
                ('amount', fields.BigIntField()),
                ('cost_fen', fields.BigIntField()),
                ('reason', fields.CharField(max_length=200)),
                ('message', fields.CharField(null=True, max_length=64)),
                ('content_hash', fields.CharField(max_length=64)),
                ('state', fields.CharField(max_length=16)),
                ('maker_id', fields.BigIntField()),
                ('checker_id', fields.BigIntField(null=True)),
                ('idempotency_key', fields.CharField(max_length=80)),
                ('reject_reason', fields.TextField(null=True, unique=False)),
                ('day', fields.DateField()),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('decided_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'compensation', 'app': 'models', 'unique_together': (('maker_id', 'idempotency_key'),), 'indexes': [Index(fields=['customer_id', 'id']), Index(fields=['maker_id', 'day'])], 'pk_attr': 'id', 'table_description': 'submitted → granted; rejected. `amount` is points for experience, 1 for a coupon or benefit.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CouponIssue',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('template', fields.CharField(max_length=64)),
                ('body', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('content_hash', fields.CharField(max_length=64)),
                ('branch', fields.CharField(max_length=32)),
                ('state', fields.CharField(max_length=16)),
                ('held_by', fields.CharField(null=True, max_length=64)),
                ('due_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('number', fields.IntField(default=0)),
                ('after_customer', fields.BigIntField(default=0)),
                ('total', fields.IntField()),
                ('issued', fields.IntField(default=0)),
                ('skipped', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('worked_ms', fields.BigIntField(default=0)),
                ('maker_id', fields.BigIntField()),
                ('checker_id', fields.BigIntField(null=True)),
                ('idempotency_key', fields.CharField(max_length=80)),
                ('reject_reason', fields.TextField(null=True, unique=False)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('approved_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('closed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'coupon_issue', 'app': 'models', 'unique_together': (('maker_id', 'idempotency_key'),), 'pk_attr': 'id', 'table_description': 'submitted → running ⇄ paused → done; ended, cancelled, rejected. `number` and `after_customer` are the cursor:'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CouponIssueSet',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('issue', fields.ForeignKeyField('models.CouponIssue', source_field='issue_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('number', fields.IntField()),
                ('customer_ids', ArrayField(element_type='BIGINT')),
            ],
            options={'table': 'coupon_issue_set', 'app': 'models', 'unique_together': (('issue_id', 'number'),), 'pk_attr': 'id', 'table_description': 'Customers of an issue as they were at its approval, by id.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ExpiryReminder',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('day', fields.DateField()),
                ('coupons', fields.IntField()),
            ],
            options={'table': 'expiry_reminder', 'app': 'models', 'unique_together': (('customer_id', 'day'),), 'pk_attr': 'id', 'table_description': 'On this business day a customer was told of coupons about to expire: once a day, however many they are.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='OfferReminder',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('template', fields.CharField(max_length=64)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('asked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('told_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'offer_reminder', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A customer wants to be told when coupons of a template begin to be handed out.'},
            bases=['Model'],
        ),
        ops.RemoveIndex(model_name='CouponMove', fields=['coupon_id', 'id']),
        ops.AddField(model_name='Coupon', name='remind_at', field=fields.DatetimeField(null=True)),
        *(ops.RunSQL(statement) for statement in [*KEY, *ADD]),
    ]
