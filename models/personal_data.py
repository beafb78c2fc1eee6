"""What customers asked about their own data."""

from tortoise import fields
from tortoise.models import Model


class DataExport(Model):
    """A file of everything held about a customer, one a day: waiting → ready → expired; sealed while it is kept."""

    id = fields.BigIntField(primary_key=True)
    customer: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    day = fields.DateField()
    state = fields.CharField(16)
    requested_at = fields.DatetimeField()
    ready_at = fields.DatetimeField(null=True)
    expires_at = fields.DatetimeField(null=True)
    bytes = fields.IntField(null=True)
    sealed = fields.BinaryField(null=True)

    class Meta:
        table = "data_export"
        unique_together = (("customer_id", "day"),)


class AccountDeletion(Model):
    """A customer asked to be forgotten: cooling → done or cancelled."""

    id = fields.BigIntField(primary_key=True)
    customer: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    state = fields.CharField(16)
    requested_at = fields.DatetimeField()
    due_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "account_deletion"
        indexes = (("customer_id", "id"),)
