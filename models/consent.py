"""What customers agreed to."""

from tortoise import fields
from tortoise.models import Model


class Consent(Model):
    """One decision about one purpose, on one version of its text; never changed, the latest counts."""

    id = fields.BigIntField(primary_key=True)
    customer: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    purpose = fields.CharField(32)
    granted = fields.BooleanField()
    document_version = fields.CharField(32)
    via = fields.CharField(16)
    at = fields.DatetimeField()

    class Meta:
        table = "consent"
        indexes = (("customer_id", "purpose", "id"),)
