"""Figures of reports, how far they were counted, and what finds rows that changed since."""

from tortoise import fields
from tortoise.migrations import operations as ops

from models.migration import Base

ADD = [
    # Nothing reads these by id: the key of what was counted is the row it was.
    "ALTER TABLE counted DROP CONSTRAINT counted_pkey",
    "ALTER TABLE counted SET (fillfactor = 80)",
    "ALTER TABLE counting_mark ADD CONSTRAINT counting_mark_horizon CHECK ((horizon IS NULL) = (horizon_xid IS NULL)"
    " AND (horizon IS NULL) = (horizon_at IS NULL))",
    "UPDATE reward_grant SET change_no = nextval('change_no')",
    "ALTER TABLE reward_grant ALTER change_no SET DEFAULT nextval('change_no'), ALTER change_no SET NOT NULL",
    *(
        f"CREATE INDEX {table}_changed ON {table} (change_no)"
        for table in ("claim", "task_offer", "reward_grant", "coupon", "benefit_grant", "experience_account")
    ),
]


class Migration(Base):
    dependencies = [("models", "0023_configuration")]
    operations = [
        ops.CreateModel(
            name='CountingMark',
            fields=[
                ('source', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=16)),
                ('done', fields.BigIntField(default=0)),
                ('horizon', fields.BigIntField(null=True)),
                ('horizon_xid', fields.BigIntField(null=True)),
                ('horizon_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('as_of', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'counting_mark', 'app': 'models', 'pk_attr': 'source', 'table_description': 'How far a source was counted: every row whose number is at most `done`. Those up to `horizon` are next, once'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Counted',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('source', fields.CharField(max_length=16)),
                ('row_id', fields.BigIntField()),
                ('subject', fields.CharField(max_length=130)),
                ('branch', fields.CharField(max_length=32)),
                ('day', fields.DateField()),
                ('measure', fields.CharField(max_length=16)),
                ('amount', fields.BigIntField()),
            ],
            options={'table': 'counted', 'app': 'models', 'unique_together': (('source', 'row_id'),), 'pk_attr': 'id', 'table_description': 'As what a row was counted last. In the database its key is (source, row_id).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Figure',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('source', fields.CharField(max_length=16)),
                ('subject', fields.CharField(max_length=130)),
                ('branch', fields.CharField(max_length=32)),
                ('day', fields.DateField()),
                ('measure', fields.CharField(max_length=16)),
                ('number', fields.BigIntField()),
                ('amount', fields.BigIntField()),
            ],
            options={'table': 'figure', 'app': 'models', 'unique_together': (('source', 'subject', 'day', 'branch', 'measure'),), 'pk_attr': 'id', 'table_description': 'How many rows of a source are this, and the sum of their amounts. The day is that on which each began.'},
            bases=['Model'],
        ),
        ops.AddField(model_name='Grant', name='change_no', field=fields.BigIntField(null=True)),
        *(ops.RunSQL(statement) for statement in ADD),
    ]
