"""Messages on their way by several channels, receipts, subscriptions and replies; then what the database itself refuses."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.migration import Base

ADD = [
    "ALTER TABLE delivery ADD CONSTRAINT delivery_channel CHECK (channel IN ('wechat', 'wechat_notice', 'sms', 'push'))",
    "ALTER TABLE delivery ADD CONSTRAINT delivery_category CHECK (category IN ('service', 'marketing'))",
    "ALTER TABLE delivery ADD CONSTRAINT delivery_no_marketing_notice CHECK (channel <> 'wechat_notice' OR category = 'service')",
    "ALTER TABLE delivery ADD CONSTRAINT delivery_state CHECK (state IN"
    " ('waiting', 'sending', 'sent', 'delivered', 'failed', 'skipped'))",
    "ALTER TABLE delivery ADD CONSTRAINT delivery_due_while_open CHECK ((state IN ('waiting', 'sending')) = (due_at IS NOT NULL))",
    "ALTER TABLE delivery ADD CONSTRAINT delivery_sent_was_asked CHECK (state NOT IN ('sending', 'sent', 'delivered') OR asked_at IS NOT NULL)",
    "ALTER TABLE delivery ADD CONSTRAINT delivery_sent_has_a_time CHECK (state NOT IN ('sent', 'delivered') OR sent_at IS NOT NULL)",
    "ALTER TABLE delivery ADD CONSTRAINT delivery_end_says_why CHECK (state NOT IN ('failed', 'skipped') OR reason IS NOT NULL)",
    "ALTER TABLE delivery ADD CONSTRAINT delivery_ended CHECK ((state IN ('delivered', 'failed', 'skipped')) = (ended_at IS NOT NULL))",
    "CREATE UNIQUE INDEX delivery_of_provider ON delivery (channel, provider_id) WHERE provider_id IS NOT NULL",
    "CREATE INDEX delivery_due ON delivery (channel, priority, due_at, id) WHERE state IN ('waiting', 'sending')",
    "CREATE INDEX delivery_of_customer ON delivery (customer_id, id DESC)",
    "CREATE INDEX delivery_to_address ON delivery (address, channel, id DESC) WHERE address IS NOT NULL",
    "CREATE INDEX delivery_of_marketing ON delivery (customer_id, asked_at) WHERE category = 'marketing' AND asked_at IS NOT NULL",
    "CREATE INDEX delivery_receipt_unmatched ON delivery_receipt (id) WHERE matched_at IS NULL",
    "CREATE INDEX message_of_template ON message (template, created_at)",
    "CREATE INDEX sms_refusal ON sms_reply (phone, told_at) WHERE refuses",
    "ALTER TABLE subscription ADD CONSTRAINT subscription_remaining CHECK (remaining >= 0)",
]


class Migration(Base):
    dependencies = [("models", "0020_identity")]
    operations = [
        ops.CreateModel(
            name='Delivery',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('message', fields.ForeignKeyField('models.Message', source_field='message_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('position', fields.SmallIntField()),
                ('channel', fields.CharField(max_length=16)),
                ('category', fields.CharField(max_length=16)),
                ('priority', fields.SmallIntField()),
                ('loan_offer', fields.BooleanField()),
                ('content', fields.JSONField()),
                ('state', fields.CharField(max_length=16)),
                ('reason', fields.CharField(null=True, max_length=64)),
                ('attempts', fields.SmallIntField(default=0)),
                ('due_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('useful_until', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('address', fields.CharField(null=True, max_length=64)),
                ('provider_id', fields.CharField(null=True, max_length=64)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('asked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('sent_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'delivery', 'app': 'models', 'unique_together': (('message_id', 'position'),), 'pk_attr': 'id', 'table_description': 'One message by one channel; `position` is its place among the channels of the message.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='DeliveryMove',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('delivery', fields.ForeignKeyField('models.Delivery', source_field='delivery_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('before', fields.CharField(max_length=16)),
                ('after', fields.CharField(max_length=16)),
                ('reason', fields.CharField(null=True, max_length=64)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'delivery_move', 'app': 'models', 'indexes': [Index(fields=['delivery_id', 'id'])], 'pk_attr': 'id', 'table_description': 'One step of a delivery, or a decision that left it where it was, with its reason.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='DeliveryReceipt',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('channel', fields.CharField(max_length=16)),
                ('provider_id', fields.CharField(max_length=64)),
                ('delivered', fields.BooleanField()),
                ('reason', fields.CharField(null=True, max_length=64)),
                ('openid', fields.CharField(null=True, max_length=64)),
                ('template_id', fields.CharField(null=True, max_length=64)),
                ('told_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('received_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('matched_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'delivery_receipt', 'app': 'models', 'unique_together': (('channel', 'provider_id', 'delivered'),), 'pk_attr': 'id', 'table_description': 'What a provider said became of a message; without `matched_at` we do not know yet which one.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Subscription',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('openid', fields.CharField(max_length=64)),
                ('template_id', fields.CharField(max_length=64)),
                ('remaining', fields.IntField()),
                ('changed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'subscription', 'app': 'models', 'unique_together': (('openid', 'template_id'),), 'pk_attr': 'id', 'table_description': 'How many subscribe messages of a template a WeChat user still takes.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SmsReply',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('reply_id', fields.CharField(unique=True, max_length=64)),
                ('phone', fields.CharField(max_length=20)),
                ('text', fields.TextField(unique=False)),
                ('refuses', fields.BooleanField()),
                ('told_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('received_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'sms_reply', 'app': 'models', 'pk_attr': 'id', 'table_description': 'What came back from a phone; `refuses` says that no marketing is wanted any more.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SendGate',
            fields=[
                ('channel', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=16)),
                ('tokens', fields.FloatField()),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('failures', fields.IntField(default=0)),
                ('open_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('closed_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('asked', fields.BigIntField(default=0)),
                ('unanswered', fields.BigIntField(default=0)),
                ('refused', fields.BigIntField(default=0)),
            ],
            options={'table': 'send_gate', 'app': 'models', 'pk_attr': 'channel', 'table_description': 'How fast a channel may be used now, when it is left alone, and how its calls ended so far.'},
            bases=['Model'],
        ),
        *(ops.RunSQL(statement) for statement in ADD),
    ]
