"""What operators gave customers to make something good."""

from tortoise import fields
from tortoise.models import Model


class Compensation(Model):
    """submitted → granted, above the limit by way of checked; rejected. `amount` is points for experience, 1 for a
    coupon or benefit.
    """

    id = fields.BigIntField(primary_key=True)
    customer: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    kind = fields.CharField(16)
    target = fields.CharField(64, null=True)
    amount = fields.BigIntField()
    cost_fen = fields.BigIntField()
    reason = fields.CharField(200)
    message = fields.CharField(64, null=True)
    content_hash = fields.CharField(64)
    state = fields.CharField(16)
    maker_id = fields.BigIntField()
    checker_id = fields.BigIntField(null=True)
    idempotency_key = fields.CharField(80)
    reject_reason = fields.TextField(null=True)
    day = fields.DateField()
    created_at = fields.DatetimeField()
    decided_at = fields.DatetimeField(null=True)
    over_limit = fields.BooleanField(db_default=False)
    budget_approver_id = fields.BigIntField(null=True)

    class Meta:
        table = "compensation"
        unique_together = (("maker_id", "idempotency_key"),)
        indexes = (("customer_id", "id"), ("maker_id", "day"))
