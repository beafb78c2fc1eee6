"""Several coupons in a loan, its history, what was confirmed, reversals in the books, and discrepancies; then what the
database itself refuses of them.
"""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.migration import Base

MOVE = [
    # Entries are written with the use of their coupon from here on; those on their way as facts are written now.
    "INSERT INTO accounting_entry (coupon_id, loan_id, request_no, amount_fen, state, created_at)"
    " SELECT (payload ->> 'coupon_id')::bigint, (payload ->> 'loan_id')::bigint, 'AM' || lpad(id::text, 18, '0'),"
    " (payload ->> 'amount_fen')::bigint, 'pending', created_at FROM outbox WHERE fact = 'CouponUsed'"
    " ON CONFLICT (coupon_id) DO NOTHING",
    "INSERT INTO loan_coupon (loan_id, coupon_id, position, reduction_fen)"
    " SELECT l.id, l.coupon_id, 0, e.amount_fen FROM loan l"
    " LEFT JOIN accounting_entry e ON e.loan_id = l.id WHERE l.coupon_id IS NOT NULL",
    "INSERT INTO loan_move (loan_id, after, source, moved_at)"
    " SELECT id, 'processing', 'customer', created_at FROM loan ORDER BY id",
    "INSERT INTO loan_move (loan_id, before, after, source, moved_at)"
    " SELECT id, 'processing', state, 'core', decided_at FROM loan WHERE state <> 'processing' ORDER BY id",
    # Whatever name the first migration's unique constraint has here: several entries of a coupon may be reversed ones.
    """DO $$ DECLARE found text; BEGIN
         FOR found IN SELECT conname FROM pg_constraint
           WHERE conrelid = 'accounting_entry'::regclass AND contype = 'u'
             AND conkey = ARRAY[(SELECT attnum FROM pg_attribute
                                 WHERE attrelid = 'accounting_entry'::regclass AND attname = 'coupon_id')]
         LOOP EXECUTE format('ALTER TABLE accounting_entry DROP CONSTRAINT %I', found); END LOOP;
       END $$""",
    "ALTER TABLE loan DROP CONSTRAINT loan_state",
    "DROP INDEX one_coupon_per_loan",
]
ADD = [
    "ALTER TABLE loan ADD CONSTRAINT loan_state"
    " CHECK (state IN ('processing', 'disbursed', 'declined', 'cancelled', 'repaid_early'))",
    "ALTER TABLE loan ADD CONSTRAINT loan_decided_at CHECK ((state = 'processing') = (decided_at IS NULL))",
    "ALTER TABLE loan_coupon ADD CONSTRAINT loan_reduction_not_negative CHECK (reduction_fen >= 0)",
    "ALTER TABLE accounting_entry ADD CONSTRAINT reversal_is_not_reversed"
    " CHECK (reverses_id IS NULL OR reversed_at IS NULL)",
    "CREATE UNIQUE INDEX one_standing_entry ON accounting_entry (coupon_id)"
    " WHERE reverses_id IS NULL AND reversed_at IS NULL",
    "ALTER TABLE loan_discrepancy ADD CONSTRAINT discrepancy_kind"
    " CHECK (kind IN ('released_undecided', 'disbursed_after_release', 'told_otherwise', 'entry_refused'))",
    "ALTER TABLE loan_discrepancy ADD CONSTRAINT discrepancy_state CHECK (state IN ('open', 'closed'))",
    "ALTER TABLE loan_discrepancy ADD CONSTRAINT discrepancy_closed_with_reason"
    " CHECK ((state = 'closed') = (closed_at IS NOT NULL) AND (closed_at IS NULL) = (reason IS NULL))",
    "CREATE INDEX coupon_of_a_loan ON coupon (loan_id) WHERE state IN ('occupied', 'used')",
    "CREATE INDEX entry_of_a_coupon ON accounting_entry (coupon_id, id)",
    "CREATE INDEX discrepancy_open ON loan_discrepancy (id) WHERE state = 'open'",
]


class Migration(Base):
    dependencies = [("models", "0015_centre")]
    operations = [
        ops.AddField(model_name='Loan', name='interface', field=fields.JSONField(null=True)),
        ops.AddField(model_name='Loan', name='cost_table', field=fields.JSONField(null=True)),
        ops.AddField(model_name='AccountingEntry', name='reverses', field=fields.OneToOneField('models.AccountingEntry', source_field='reverses_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
        ops.AddField(model_name='AccountingEntry', name='reversed_at', field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
        ops.CreateModel(
            name='LoanCoupon',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('loan', fields.ForeignKeyField('models.Loan', source_field='loan_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('coupon', fields.ForeignKeyField('models.Coupon', source_field='coupon_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('position', fields.SmallIntField()),
                ('reduction_fen', fields.BigIntField(null=True)),
            ],
            options={'table': 'loan_coupon', 'app': 'models', 'unique_together': (('loan_id', 'coupon_id'),), 'indexes': [Index(fields=['coupon_id'])], 'pk_attr': 'id', 'table_description': "A coupon of an application, in the customer's order; `reduction_fen` is what it took off, once that is known."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='LoanMove',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('loan', fields.ForeignKeyField('models.Loan', source_field='loan_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('before', fields.CharField(null=True, max_length=16)),
                ('after', fields.CharField(max_length=16)),
                ('source', fields.CharField(max_length=80)),
                ('moved_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'loan_move', 'app': 'models', 'indexes': [Index(fields=['loan_id', 'id'])], 'pk_attr': 'id', 'table_description': 'The history of a loan: one row per change of state; `source` says who told us.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='LoanDiscrepancy',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('loan', fields.ForeignKeyField('models.Loan', source_field='loan_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('coupon', fields.ForeignKeyField('models.Coupon', source_field='coupon_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('kind', fields.CharField(max_length=32)),
                ('amount_fen', fields.BigIntField(default=0)),
                ('detail', fields.CharField(max_length=200)),
                ('state', fields.CharField(max_length=16)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('closed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('closed_by', fields.BigIntField(null=True)),
                ('reason', fields.CharField(null=True, max_length=200)),
            ],
            options={'table': 'loan_discrepancy', 'app': 'models', 'unique_together': (('loan_id', 'coupon_id', 'kind'),), 'pk_attr': 'id', 'table_description': "Where the core's loan and our coupon do not fit together; open until somebody, or what came next, closed it."},
            bases=['Model'],
        ),
        *(ops.RunSQL(statement) for statement in MOVE),
        ops.RemoveField(model_name='Loan', name='coupon'),
        *(ops.RunSQL(statement) for statement in ADD),
    ]
