"""WeChat's callbacks and the official account's followers; then what the database itself refuses of them."""

import functools
from json import dumps, loads

from tortoise import fields
from tortoise.migrations import operations as ops

from models.migration import Base

ADD = [
    "ALTER TABLE wechat_callback ADD CONSTRAINT wechat_callback_app CHECK (app IN ('mini', 'account'))",
    "ALTER TABLE wechat_callback ADD CONSTRAINT wechat_callback_state"
    " CHECK (state IN ('kept', 'handed', 'waiting', 'parked'))",
    "ALTER TABLE wechat_callback ADD CONSTRAINT wechat_callback_waiting_is_due"
    " CHECK ((state = 'waiting') = (due_at IS NOT NULL))",
    "CREATE INDEX wechat_callback_unheard ON wechat_callback (state, due_at, id) WHERE state IN ('waiting', 'parked')",
]


class Migration(Base):
    dependencies = [("models", "0018_coupon_sets")]
    operations = [
        ops.CreateModel(
            name='WeChatCallback',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('app', fields.CharField(max_length=8)),
                ('dedupe_key', fields.CharField(max_length=64)),
                ('openid', fields.CharField(max_length=64)),
                ('kind', fields.CharField(max_length=64)),
                ('content', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('told_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('received_at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ('state', fields.CharField(max_length=8)),
                ('attempts', fields.SmallIntField(default=0)),
                ('due_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'wechat_callback', 'app': 'models', 'unique_together': (('app', 'dedupe_key'),), 'pk_attr': 'id', 'table_description': 'A callback, stored once and handed to whom it concerns: waiting → handed or parked.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='WeChatFollower',
            fields=[
                ('openid', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('followed', fields.BooleanField()),
                ('changed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'wechat_follower', 'app': 'models', 'pk_attr': 'openid', 'table_description': 'Whether somebody follows the official account, by the latest that was told.'},
            bases=['Model'],
        ),
        *(ops.RunSQL(statement) for statement in ADD),
    ]
