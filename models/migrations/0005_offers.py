"""What a completion pushed to a customer; then what the database itself refuses."""

from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

from models.migration import Base

ADD = [
    "ALTER TABLE task_offer ADD CONSTRAINT offer_state CHECK (state IN ('open', 'claimed', 'withdrawn', 'expired'))",
    "ALTER TABLE task_offer ADD CONSTRAINT closed_has_a_moment CHECK ((closed_at IS NULL) = (state = 'open'))",
    "CREATE UNIQUE INDEX one_open_offer ON task_offer (customer_id, task) WHERE state = 'open'",
    "CREATE INDEX offer_open_of_task ON task_offer (task) WHERE state = 'open'",
    # What a status was last told to be, for rules that ask.
    "CREATE INDEX event_status ON event (customer_id, (attributes ->> 'name'), occurred_at DESC)"
    " WHERE type = 'status'",
]


class Migration(Base):
    dependencies = [('models', '0004_messages')]

    initial = False

    operations = [
        ops.CreateModel(
            name='TaskOffer',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('task', fields.CharField(max_length=64)),
                ('pool', fields.CharField(max_length=64)),
                ('from_claim', fields.ForeignKeyField('models.Claim', source_field='from_claim_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('round', fields.SmallIntField()),
                ('rule', fields.SmallIntField()),
                ('state', fields.CharField(max_length=16)),
                ('message', fields.CharField(null=True, max_length=64)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('closed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('change_no', fields.BigIntField()),
            ],
            options={'table': 'task_offer', 'app': 'models', 'unique_together': (('from_claim_id', 'task'),), 'indexes': [Index(fields=['customer_id', 'change_no'])], 'pk_attr': 'id', 'table_description': 'A follow-up pushed to a customer by a completion, once per claim and task: open to be taken up, or claimed for'},
            bases=['Model'],
        ),
        *(ops.RunSQL(statement) for statement in ADD),
    ]
