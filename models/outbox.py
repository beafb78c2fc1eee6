"""Facts recorded with the change that caused them, waiting for those who react; and the runs of timed jobs."""

from tortoise import fields
from tortoise.models import Model


class OutboxEntry(Model):
    """A fact to be reacted to once; deleted in the transaction of the reaction, parked when it keeps failing."""

    id = fields.BigIntField(primary_key=True)
    fact = fields.CharField(40)
    payload: fields.Field = fields.JSONField()
    created_at = fields.DatetimeField()
    available_at = fields.DatetimeField()
    attempts = fields.SmallIntField(default=0)
    parked_at = fields.DatetimeField(null=True)
    error = fields.TextField(null=True)

    class Meta:
        table = "outbox"
