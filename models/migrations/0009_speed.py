"""What the batch of events looks for in claims: the running ones of a customer with their versions, from the index alone."""

from tortoise.migrations import operations as ops

from models.migration import Base

ADD = [
    # Closed claims stay behind, however many there are: the end, where there is one, is part of the key.
    "CREATE INDEX claim_running ON claim (customer_id, coalesce(expires_at, timestamptz 'infinity'))"
    " INCLUDE (version_id, id, expires_at) WHERE state IN ('claimed', 'expired', 'clawed_back')",
    "ALTER TABLE claim SET (fillfactor = 80)",
]


class Migration(Base):
    dependencies = [("models", "0008_billing")]
    operations = [ops.RunSQL(statement) for statement in ADD]
