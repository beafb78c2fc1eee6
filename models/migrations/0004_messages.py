"""Messages to customers, and when a claim's owner is to be reminded; then what the database itself refuses."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from models.migration import Base

ADD = [
    "ALTER TABLE message ADD CONSTRAINT message_category CHECK (category IN ('service', 'marketing'))",
    "CREATE INDEX message_of_customer ON message (customer_id, id DESC)",
    "CREATE INDEX message_unread ON message (customer_id) WHERE read_at IS NULL",
    "CREATE INDEX claim_to_remind ON claim (remind_at) WHERE state = 'claimed' AND remind_at IS NOT NULL",
]


class Migration(Base):
    dependencies = [("models", "0003_intake")]
    operations = [
        ops.CreateModel(
            name='Message',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('version', fields.ForeignKeyField('models.Configuration', source_field='version_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('template', fields.CharField(max_length=64)),
                ('title', fields.TextField(unique=False)),
                ('body', fields.TextField(unique=False)),
                ('link', fields.CharField(null=True, max_length=200)),
                ('category', fields.CharField(max_length=16)),
                ('dedupe_key', fields.CharField(max_length=80)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('read_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('change_no', fields.BigIntField()),
            ],
            options={'table': 'message', 'app': 'models', 'unique_together': (('customer_id', 'dedupe_key'),), 'pk_attr': 'id', 'table_description': 'One message in one inbox, as it was written; `dedupe_key` makes its customer get it once.'},
            bases=['Model'],
        ),
        ops.AddField(model_name='Claim', name='remind_at', field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
        *(ops.RunSQL(statement) for statement in ADD),
    ]
