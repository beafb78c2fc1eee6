"""Messages written to customers."""

from tortoise import fields
from tortoise.models import Model


class Message(Model):
    """One message in one inbox, as it was written; `dedupe_key` makes its customer get it once."""

    id = fields.BigIntField(primary_key=True)
    customer: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    version: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Configuration", on_delete=fields.RESTRICT)
    template = fields.CharField(64)
    title = fields.TextField()
    body = fields.TextField()
    link = fields.CharField(200, null=True)
    category = fields.CharField(16)
    dedupe_key = fields.CharField(80)
    created_at = fields.DatetimeField()
    read_at = fields.DatetimeField(null=True)
    change_no = fields.BigIntField()

    class Meta:
        table = "message"
        unique_together = (("customer_id", "dedupe_key"),)
