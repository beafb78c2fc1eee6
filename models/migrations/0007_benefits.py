"""Benefits; then what the database itself refuses of them."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.migration import Base

ADD = [
    "ALTER TABLE benefit_stock ADD CONSTRAINT benefit_issued_within_stock"
    " CHECK (issued >= 0 AND (stock IS NULL OR issued <= stock))",
    "ALTER TABLE benefit_grant ADD CONSTRAINT benefit_grant_state"
    " CHECK (state IN ('granted', 'redeemed', 'expired', 'voided'))",
    "ALTER TABLE benefit_grant ADD CONSTRAINT benefit_redeemed_at CHECK ((state = 'redeemed') = (redeemed_at IS NOT NULL))",
    "CREATE INDEX benefit_grant_to_expire ON benefit_grant (valid_until) WHERE state = 'granted'",
    "CREATE INDEX benefit_code_free ON benefit_code (benefit, id) WHERE grant_id IS NULL",
]


class Migration(Base):
    dependencies = [("models", "0006_debts")]
    operations = [
        ops.CreateModel(
            name='BenefitStock',
            fields=[
                ('benefit', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('stock', fields.IntField(null=True)),
                ('issued', fields.IntField(default=0)),
            ],
            options={'table': 'benefit_stock', 'app': 'models', 'pk_attr': 'benefit', 'table_description': 'How many of a benefit were granted; the row is the lock of the last one. A stock of null has no bound.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='BenefitGrant',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('benefit', fields.CharField(max_length=64)),
                ('version', fields.ForeignKeyField('models.Configuration', source_field='version_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('state', fields.CharField(max_length=16)),
                ('source', fields.CharField(unique=True, max_length=80)),
                ('valid_until', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('granted_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('redeemed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('change_no', fields.BigIntField()),
            ],
            options={'table': 'benefit_grant', 'app': 'models', 'indexes': [Index(fields=['customer_id', 'id']), Index(fields=['benefit', 'customer_id'])], 'pk_attr': 'id', 'table_description': 'One benefit of one customer: granted → redeemed; expired; voided. `source` makes it be granted once.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='BenefitCode',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('benefit', fields.CharField(max_length=64)),
                ('sealed', fields.BinaryField()),
                ('digest', fields.BinaryField()),
                ('grant', fields.OneToOneField('models.BenefitGrant', source_field='grant_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('imported_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'benefit_code', 'app': 'models', 'unique_together': (('benefit', 'digest'),), 'pk_attr': 'id', 'table_description': 'A voucher code, sealed; `digest` recognises it without opening it. It belongs to one grant for ever.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='BenefitMove',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('grant', fields.ForeignKeyField('models.BenefitGrant', source_field='grant_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('before', fields.CharField(null=True, max_length=16)),
                ('after', fields.CharField(max_length=16)),
                ('reason', fields.CharField(max_length=64)),
                ('moved_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'benefit_move', 'app': 'models', 'indexes': [Index(fields=['grant_id', 'id'])], 'pk_attr': 'id', 'table_description': 'The history of a grant: one row per change of state.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CodeShowing',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('grant', fields.ForeignKeyField('models.BenefitGrant', source_field='grant_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('shown_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'code_showing', 'app': 'models', 'indexes': [Index(fields=['grant_id', 'id'])], 'pk_attr': 'id', 'table_description': 'A code was shown to its owner.'},
            bases=['Model'],
        ),
        ops.AddField(model_name='Grant', name='benefit_grant_id', field=fields.BigIntField(null=True)),
        *(ops.RunSQL(statement) for statement in ADD),
    ]
