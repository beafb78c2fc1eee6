"""On which day of the month a customer's billing cycles begin."""

from tortoise import fields
from tortoise.migrations import operations as ops

from models.migration import Base

ADD = [
    "ALTER TABLE customer ADD CONSTRAINT billing_day_of_a_month CHECK (billing_day BETWEEN 1 AND 31)",
    "ALTER TABLE claim ADD CONSTRAINT claim_billing_day CHECK (billing_day BETWEEN 1 AND 31)",
]


class Migration(Base):
    dependencies = [("models", "0007_benefits")]
    operations = [
        ops.AddField(model_name='Customer', name='billing_day', field=fields.SmallIntField(null=True)),
        ops.AddField(model_name='Claim', name='billing_day', field=fields.SmallIntField(null=True)),
        *(ops.RunSQL(statement) for statement in ADD),
    ]
