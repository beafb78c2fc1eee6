"""Refunds by id, for those who look for the ones without a purchase."""

from tortoise.migrations import operations as ops

from models.migration import Base

ADD = [
    "CREATE INDEX event_taking_back_by_id ON event (id) WHERE type IN ('refund', 'reversal', 'chargeback')",
]


class Migration(Base):
    dependencies = [("models", "0011_versions")]
    operations = [ops.RunSQL(statement) for statement in ADD]
