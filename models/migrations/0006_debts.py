"""What becomes of debts: their policy, what has paid them, who closed them."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from models.migration import Base

ADD = [
    "ALTER TABLE reward_grant DROP CONSTRAINT grant_state",
    "ALTER TABLE reward_grant ADD CONSTRAINT grant_state"
    " CHECK (state IN ('pending', 'granted', 'failed', 'withheld', 'cancelled', 'clawed_back'))",
    "CREATE INDEX grant_of_coupon ON reward_grant (coupon_id) WHERE coupon_id IS NOT NULL",
    "ALTER TABLE debt ADD CONSTRAINT debt_policy CHECK (policy IN ('report', 'write_off', 'deduct'))",
    "ALTER TABLE debt ADD CONSTRAINT debt_state CHECK (state IN ('open', 'settled', 'written_off'))",
    "ALTER TABLE debt ADD CONSTRAINT debt_settled_within_amount CHECK (settled BETWEEN 0 AND amount)",
    "ALTER TABLE debt ADD CONSTRAINT debt_settled_is_paid CHECK ((state = 'settled') = (settled = amount) OR state = 'written_off')",
    "CREATE INDEX debt_to_deduct ON debt (customer_id, id) WHERE state = 'open' AND policy = 'deduct'",
    "CREATE INDEX debt_by_state ON debt (state, id DESC)",
]


class Migration(Base):
    dependencies = [("models", "0005_offers")]
    operations = [
        ops.AddField(model_name='Debt', name='policy', field=fields.CharField(default='report', max_length=16)),
        ops.AddField(model_name='Debt', name='state', field=fields.CharField(default='open', max_length=16)),
        ops.AddField(model_name='Debt', name='settled', field=fields.BigIntField(default=0)),
        ops.AddField(model_name='Debt', name='closed_at', field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
        ops.AddField(model_name='Debt', name='closed_by', field=fields.BigIntField(null=True)),
        ops.AddField(model_name='Debt', name='reason', field=fields.CharField(null=True, max_length=200)),
        ops.CreateModel(
            name='DebtPayment',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('debt', fields.ForeignKeyField('models.Debt', source_field='debt_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('grant', fields.ForeignKeyField('models.Grant', source_field='grant_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('amount', fields.BigIntField()),
                ('paid_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('undone_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'debt_payment', 'app': 'models', 'unique_together': (('debt_id', 'grant_id'),), 'pk_attr': 'id', 'table_description': 'A reward that was withheld, and the debt its cost paid; undone when the reward would not have been due.'},
            bases=['Model'],
        ),
        *(ops.RunSQL(statement) for statement in ADD),
    ]
