"""Periods remember the day of the month on which the first one began; standing benefits of levels."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from models.migration import Base

ADD = [
    "UPDATE experience_account SET period_day = extract(day FROM period_from AT TIME ZONE 'Asia/Shanghai')",
    "ALTER TABLE experience_account DROP CONSTRAINT account_period",
    "ALTER TABLE experience_account ADD CONSTRAINT account_period"
    " CHECK ((period_from IS NULL) = (level_until IS NULL) AND (period_day IS NULL) = (level_until IS NULL)"
    " AND (level_until IS NULL OR period_from < level_until))",
]


class Migration(Base):
    dependencies = [("models", "0012_attention")]
    operations = [
        ops.AddField(model_name='ExperienceAccount', name='period_day', field=fields.SmallIntField(null=True)),
        ops.CreateModel(
            name='StandingBenefit',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('benefit', fields.CharField(max_length=64)),
                ('period', fields.CharField(max_length=16)),
                ('turn', fields.SmallIntField()),
                ('grant', fields.OneToOneField('models.BenefitGrant', source_field='grant_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('failure', fields.CharField(null=True, max_length=64)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'standing_benefit', 'app': 'models', 'unique_together': (('customer_id', 'benefit', 'period', 'turn'),), 'pk_attr': 'id', 'table_description': 'A benefit for holding a level through a period; without a grant it could not be granted, and says why.'},
            bases=['Model'],
        ),
        *(ops.RunSQL(statement) for statement in ADD),
    ]
