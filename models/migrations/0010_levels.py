"""Until when a level holds, what keeps it, its history and its gifts; then what the database itself refuses."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.migration import Base

ADD = [
    "ALTER TABLE experience_account ADD CONSTRAINT account_period"
    " CHECK ((period_from IS NULL) = (level_until IS NULL) AND (level_until IS NULL OR period_from < level_until))",
    "CREATE INDEX experience_to_review ON experience_account (level_until) WHERE level_until IS NOT NULL",
    "ALTER TABLE level_move ADD CONSTRAINT level_move_reason"
    " CHECK (reason IN ('rise', 'fall', 'renew', 'clawback', 'table'))",
    "ALTER TABLE level_gift ADD CONSTRAINT level_gift_state CHECK (state IN ('pending', 'granted', 'failed'))",
]


class Migration(Base):
    dependencies = [("models", "0009_speed")]
    operations = [
        ops.AddField(model_name='ExperienceAccount', name='cap', field=fields.SmallIntField(null=True)),
        ops.AddField(model_name='ExperienceAccount', name='period_from', field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
        ops.AddField(model_name='ExperienceAccount', name='level_until', field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
        ops.AddField(model_name='ExperienceAccount', name='earned', field=fields.BigIntField(default=0)),
        ops.CreateModel(
            name='LevelMove',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('before', fields.SmallIntField()),
                ('after', fields.SmallIntField()),
                ('reason', fields.CharField(max_length=16)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'level_move', 'app': 'models', 'indexes': [Index(fields=['customer_id', 'id'])], 'pk_attr': 'id', 'table_description': "The history of a customer's level."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='LevelGift',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('rank', fields.SmallIntField()),
                ('period', fields.CharField(max_length=16)),
                ('position', fields.SmallIntField()),
                ('kind', fields.CharField(max_length=16)),
                ('target', fields.CharField(null=True, max_length=64)),
                ('amount', fields.BigIntField()),
                ('title', fields.CharField(max_length=64)),
                ('state', fields.CharField(max_length=16)),
                ('failure', fields.CharField(null=True, max_length=64)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'level_gift', 'app': 'models', 'unique_together': (('customer_id', 'rank', 'period', 'position'),), 'pk_attr': 'id', 'table_description': 'A gift for rising to a level; one per customer, level, period and position in the table.'},
            bases=['Model'],
        ),
        *(ops.RunSQL(statement) for statement in ADD),
    ]
