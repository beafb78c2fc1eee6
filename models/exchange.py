"""Benefits customers paid for with experience."""

from tortoise import fields
from tortoise.models import Model


class Exchange(Model):
    """One exchange, once per idempotency key; `returned` when its benefit came to nothing."""

    id = fields.BigIntField(primary_key=True)
    customer: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    idempotency_key = fields.CharField(80)
    benefit = fields.CharField(64)
    experience = fields.BigIntField()
    grant: fields.OneToOneRelation = fields.OneToOneField("models.BenefitGrant", on_delete=fields.RESTRICT)
    state = fields.CharField(16)
    created_at = fields.DatetimeField()
    returned_at = fields.DatetimeField(null=True)

    class Meta:
        table = "exchange"
        unique_together = (("customer_id", "idempotency_key"),)
        indexes = (("customer_id", "benefit"),)
