"""A voucher code is its supplier's: under however many benefits it is imported, it goes to one customer. What we ask of
suppliers and what they tell us; exchanges for experience; then what the database itself refuses of them.
"""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.migration import Base

CODES = [
    """UPDATE benefit_code c SET supplier = v.body ->> 'supplier' FROM (
         SELECT DISTINCT ON (code) code, body FROM configuration WHERE kind = 'benefits'
         ORDER BY code, live_at IS NULL, version DESC) v WHERE v.code = c.benefit""",
    "UPDATE benefit_code SET supplier = benefit WHERE supplier IS NULL",
    # Of a code that stands there several times one stays in stock, or none if somebody has it already.
    """DELETE FROM benefit_code c WHERE c.grant_id IS NULL AND EXISTS (
         SELECT FROM benefit_code o WHERE o.supplier = c.supplier AND o.digest = c.digest AND o.id <> c.id
           AND (o.grant_id IS NOT NULL OR o.id < c.id))""",
    # What two customers have already, both keep; only the first is recognised by its digest from now on.
    """UPDATE benefit_code c SET digest = sha256(c.digest || c.id::text::bytea) WHERE EXISTS (
         SELECT FROM benefit_code o WHERE o.supplier = c.supplier AND o.digest = c.digest AND o.id < c.id)""",
    "ALTER TABLE benefit_code ALTER COLUMN supplier SET NOT NULL",
    """DO $$ DECLARE found text; BEGIN
         SELECT conname INTO STRICT found FROM pg_constraint
         WHERE conrelid = 'benefit_code'::regclass AND contype = 'u'
           AND pg_get_constraintdef(oid) = 'UNIQUE (benefit, digest)';
         EXECUTE format('ALTER TABLE benefit_code DROP CONSTRAINT %I', found);
       END $$""",
    "ALTER TABLE benefit_code ADD CONSTRAINT one_code_of_a_supplier UNIQUE (supplier, digest)",
]

SAID_ANEW = [
    "ALTER TABLE experience_account ALTER COLUMN spent SET DEFAULT 0",
    "ALTER TABLE benefit_grant DROP CONSTRAINT benefit_grant_state",
    "DROP INDEX benefit_grant_to_expire",
    "DROP INDEX benefit_code_free",
    "ALTER TABLE benefit_grant ADD CONSTRAINT benefit_grant_state"
    " CHECK (state IN ('issuing', 'granted', 'redeeming', 'redeemed', 'expired', 'voided', 'failed'))",
    "CREATE INDEX benefit_grant_to_expire ON benefit_grant (valid_until) WHERE state IN ('granted', 'redeeming')",
    "CREATE INDEX benefit_code_free ON benefit_code (benefit, id) WHERE grant_id IS NULL AND withdrawn_at IS NULL",
]
ADD = [
    "ALTER TABLE benefit_grant ADD CONSTRAINT benefit_failed_says_why CHECK ((state = 'failed') = (failure IS NOT NULL))",
    "ALTER TABLE benefit_grant ADD CONSTRAINT benefit_replaced_is_voided CHECK (substitute_id IS NULL OR state = 'voided')",
    "ALTER TABLE benefit_code ADD CONSTRAINT code_withdrawn_is_nobodys CHECK (withdrawn_at IS NULL OR grant_id IS NULL)",
    "ALTER TABLE supplier_request ADD CONSTRAINT supplier_request_state"
    " CHECK (state IN ('waiting', 'issued', 'refused', 'withdrawn'))",
    "ALTER TABLE supplier_request ADD CONSTRAINT supplier_request_closed_at"
    " CHECK ((state = 'waiting') = (closed_at IS NULL))",
    "ALTER TABLE supplier_request ADD CONSTRAINT supplier_request_issued_at"
    " CHECK ((state = 'issued') = (issued_at IS NOT NULL))",
    "ALTER TABLE supplier_usage ADD CONSTRAINT supplier_usage_state"
    " CHECK (CASE state WHEN 'taken' THEN grant_id IS NOT NULL AND reason IS NULL WHEN 'parked' THEN reason IS NOT NULL"
    " ELSE false END)",
    "ALTER TABLE supplier_usage ADD CONSTRAINT supplier_usage_names_one CHECK ((request_no IS NULL) <> (digest IS NULL))",
    "ALTER TABLE supplier_record ADD CONSTRAINT supplier_record_names_one"
    " CHECK (kind IN ('issued', 'used') AND (request_no IS NULL) <> (digest IS NULL))",
    "ALTER TABLE supplier_file ADD CONSTRAINT supplier_file_state CHECK (state IN ('taken', 'mismatching'))",
    "ALTER TABLE supplier_difference ADD CONSTRAINT supplier_difference_kind"
    " CHECK (kind IN ('ours_only', 'theirs_only', 'state_differs', 'cost_differs', 'code_unknown'))",
    "ALTER TABLE exchange ADD CONSTRAINT exchange_state"
    " CHECK (state IN ('made', 'returned') AND (state = 'returned') = (returned_at IS NOT NULL))",
    "ALTER TABLE exchange ADD CONSTRAINT exchange_costs CHECK (experience > 0)",
    "ALTER TABLE experience_account ADD CONSTRAINT spent_not_negative CHECK (spent >= 0)",
    "CREATE INDEX supplier_request_due ON supplier_request (supplier, next_at) WHERE state = 'waiting'",
    "CREATE INDEX supplier_request_of_day ON supplier_request (supplier, issued_at) WHERE state = 'issued'",
    "CREATE INDEX supplier_usage_parked ON supplier_usage (supplier, id) WHERE state = 'parked'",
    "CREATE INDEX supplier_usage_of_day ON supplier_usage (supplier, used_at)",
    "CREATE INDEX supplier_usage_of_code ON supplier_usage (supplier, digest) WHERE state = 'parked'",
    "CREATE INDEX supplier_usage_of_grant ON supplier_usage (grant_id)",
]


class Migration(Base):
    dependencies = [("models", "0016_loans")]
    operations = [
        ops.AddField(model_name='BenefitCode', name='supplier', field=fields.CharField(null=True, max_length=64)),
        *(ops.RunSQL(statement) for statement in CODES),
        ops.AddField(model_name='BenefitCode', name='withdrawn_at', field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
        ops.AddField(model_name='BenefitGrant', name='failure', field=fields.CharField(null=True, max_length=64)),
        ops.AddField(model_name='BenefitGrant', name='substitute', field=fields.OneToOneField('models.BenefitGrant', source_field='substitute_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
        ops.AddField(model_name='ExperienceAccount', name='spent', field=fields.BigIntField(default=0)),
        ops.CreateModel(
            name='SupplierRequest',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('grant', fields.OneToOneField('models.BenefitGrant', source_field='grant_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('supplier', fields.CharField(max_length=64)),
                ('product', fields.CharField(max_length=64)),
                ('request_no', fields.CharField(unique=True, max_length=40)),
                ('state', fields.CharField(max_length=16)),
                ('attempts', fields.IntField(default=0)),
                ('next_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('cost_fen', fields.BigIntField()),
                ('reference', fields.CharField(null=True, max_length=64)),
                ('failure', fields.CharField(null=True, max_length=64)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('issued_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('closed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'supplier_request', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A grant that its supplier issues: one request number for ever, asked again until the outcome is known.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SupplierGate',
            fields=[
                ('supplier', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('tokens', fields.FloatField()),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('failures', fields.IntField(default=0)),
                ('open_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('asked', fields.BigIntField(default=0)),
                ('unanswered', fields.BigIntField(default=0)),
                ('refused', fields.BigIntField(default=0)),
            ],
            options={'table': 'supplier_gate', 'app': 'models', 'pk_attr': 'supplier', 'table_description': 'How fast a supplier may be asked, and whether it is left alone for a while; counts what it was asked.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SupplierUsage',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('supplier', fields.CharField(max_length=64)),
                ('usage_no', fields.CharField(max_length=64)),
                ('request_no', fields.CharField(null=True, max_length=40)),
                ('digest', fields.BinaryField(null=True)),
                ('used_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('cost_fen', fields.BigIntField(null=True)),
                ('way', fields.CharField(max_length=16)),
                ('state', fields.CharField(max_length=16)),
                ('reason', fields.CharField(null=True, max_length=40)),
                ('grant', fields.ForeignKeyField('models.BenefitGrant', source_field='grant_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('received_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'supplier_usage', 'app': 'models', 'unique_together': (('supplier', 'usage_no'),), 'pk_attr': 'id', 'table_description': 'A supplier says that a benefit was used.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SupplierFile',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('supplier', fields.CharField(max_length=64)),
                ('day', fields.DateField()),
                ('delivery', fields.IntField()),
                ('digest', fields.CharField(max_length=64)),
                ('rows', fields.BigIntField()),
                ('rejected', fields.BigIntField(default=0)),
                ('state', fields.CharField(max_length=16)),
                ('detail', fields.TextField(null=True)),
                ('ok_stamp', fields.BigIntField()),
                ('taken_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'supplier_file', 'app': 'models', 'unique_together': (('supplier', 'day', 'delivery'),), 'pk_attr': 'id', 'table_description': "One delivery of a supplier's file of a day."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SupplierRecord',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('file', fields.ForeignKeyField('models.SupplierFile', source_field='file_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('record_no', fields.CharField(max_length=64)),
                ('kind', fields.CharField(max_length=16)),
                ('request_no', fields.CharField(null=True, max_length=40)),
                ('digest', fields.BinaryField(null=True)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('cost_fen', fields.BigIntField(null=True)),
            ],
            options={'table': 'supplier_record', 'app': 'models', 'unique_together': (('file_id', 'record_no'),), 'pk_attr': 'id', 'table_description': "A row of a supplier's file: something it issued or saw used."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SupplierDifference',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('supplier', fields.CharField(max_length=64)),
                ('day', fields.DateField()),
                ('kind', fields.CharField(max_length=16)),
                ('record_no', fields.CharField(null=True, max_length=64)),
                ('request_no', fields.CharField(null=True, max_length=40)),
                ('grant', fields.ForeignKeyField('models.BenefitGrant', source_field='grant_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('ours', fields.CharField(null=True, max_length=16)),
                ('theirs', fields.CharField(null=True, max_length=16)),
                ('ours_cost_fen', fields.BigIntField(null=True)),
                ('theirs_cost_fen', fields.BigIntField(null=True)),
            ],
            options={'table': 'supplier_difference', 'app': 'models', 'indexes': [Index(fields=['supplier', 'day', 'id'])], 'pk_attr': 'id', 'table_description': "Where our books, our stock and the supplier's file of a day do not agree."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Exchange',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('idempotency_key', fields.CharField(max_length=80)),
                ('benefit', fields.CharField(max_length=64)),
                ('experience', fields.BigIntField()),
                ('grant', fields.OneToOneField('models.BenefitGrant', source_field='grant_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('state', fields.CharField(max_length=16)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('returned_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'exchange', 'app': 'models', 'unique_together': (('customer_id', 'idempotency_key'),), 'indexes': [Index(fields=['customer_id', 'benefit'])], 'pk_attr': 'id', 'table_description': 'One exchange, once per idempotency key.'},
            bases=['Model'],
        ),
        *(ops.RunSQL(statement) for statement in (*SAID_ANEW, *ADD)),
    ]
