"""Budgets of campaigns; then what the database itself refuses of them."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.migration import Base

ADD = [
    "ALTER TABLE budget ADD CONSTRAINT budget_warn_at CHECK (warn_at BETWEEN 1 AND 100)",
    "ALTER TABLE budget_pot ADD CONSTRAINT pot_within_ceiling"
    " CHECK (reserved_fen >= 0 AND committed_fen >= 0 AND reserved_fen + committed_fen <= ceiling_fen)",
    "ALTER TABLE budget_day ADD CONSTRAINT day_within_ceiling"
    " CHECK (reserved_fen >= 0 AND committed_fen >= 0"
    " AND (ceiling_fen IS NULL OR reserved_fen + committed_fen <= ceiling_fen))",
    "ALTER TABLE budget_entry ADD CONSTRAINT budget_entry_kind CHECK (kind IN ('reserve', 'commit', 'release'))",
    "ALTER TABLE budget_entry ADD CONSTRAINT budget_entry_amount CHECK (amount_fen > 0)",
    "ALTER TABLE low_warning ADD CONSTRAINT low_warning_subject"
    " CHECK (subject IN ('budget', 'coupon_stock', 'benefit_stock'))",
    "CREATE UNIQUE INDEX one_open_warning ON low_warning (subject, code, branch, coalesce(day, '-infinity'::date))"
    " WHERE until IS NULL",
]


class Migration(Base):
    dependencies = [("models", "0013_mended")]
    operations = [
        ops.CreateModel(
            name='Budget',
            fields=[
                ('campaign', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('warn_at', fields.SmallIntField()),
                ('since', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'budget', 'app': 'models', 'pk_attr': 'campaign', 'table_description': 'A campaign that has a budget; the row is the lock of every counter below it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='BudgetPot',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('campaign', fields.CharField(max_length=64)),
                ('branch', fields.CharField(max_length=32)),
                ('ceiling_fen', fields.BigIntField()),
                ('daily_fen', fields.BigIntField(null=True)),
                ('reserved_fen', fields.BigIntField(default=0)),
                ('committed_fen', fields.BigIntField(default=0)),
            ],
            options={'table': 'budget_pot', 'app': 'models', 'unique_together': (('campaign', 'branch'),), 'pk_attr': 'id', 'table_description': "One ceiling of a campaign: of the whole of it (no branch), of a branch's share, of what head office keeps."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='BudgetDay',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('campaign', fields.CharField(max_length=64)),
                ('branch', fields.CharField(max_length=32)),
                ('day', fields.DateField()),
                ('ceiling_fen', fields.BigIntField(null=True)),
                ('reserved_fen', fields.BigIntField(default=0)),
                ('committed_fen', fields.BigIntField(default=0)),
            ],
            options={'table': 'budget_day', 'app': 'models', 'unique_together': (('campaign', 'branch', 'day'),), 'pk_attr': 'id', 'table_description': 'What a business day has taken of a pot, and the ceiling that day had.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='BudgetEntry',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('source', fields.CharField(max_length=96)),
                ('kind', fields.CharField(max_length=16)),
                ('campaign', fields.CharField(max_length=64)),
                ('branch', fields.CharField(max_length=32)),
                ('day', fields.DateField()),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('amount_fen', fields.BigIntField()),
                ('reason', fields.CharField(max_length=64)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'budget_entry', 'app': 'models', 'unique_together': (('source', 'kind'),), 'indexes': [Index(fields=['campaign', 'id'])], 'pk_attr': 'id', 'table_description': 'A line of the ledger, never changed: each source reserves once, commits once, releases once.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='LowWarning',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('subject', fields.CharField(max_length=16)),
                ('code', fields.CharField(max_length=64)),
                ('branch', fields.CharField(max_length=32)),
                ('day', fields.DateField(null=True)),
                ('ceiling', fields.BigIntField()),
                ('used', fields.BigIntField()),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'low_warning', 'app': 'models', 'indexes': [Index(fields=['code', 'id'])], 'pk_attr': 'id', 'table_description': 'Little was left of something from `at` until `until`; open while it still is. In fen, or in pieces of a stock.'},
            bases=['Model'],
        ),
        *(ops.RunSQL(statement) for statement in ADD),
    ]
