"""What the batch of events looks for in claims: the running ones of a customer with their versions, from the index alone."""

from tortoise import migrations
from tortoise.migrations import operations as ops

ADD = [
    "CREATE INDEX claim_running ON claim (customer_id) INCLUDE (version_id, id)"
    " WHERE state IN ('claimed', 'expired', 'clawed_back')",
    "ALTER TABLE claim SET (fillfactor = 80)",
]


class Migration(migrations.Migration):
    dependencies = [("models", "0008_billing")]
    operations = [ops.RunSQL(statement) for statement in ADD]
