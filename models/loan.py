"""Loans customers asked for, and what we tell the core's books about coupons."""

from tortoise import fields
from tortoise.models import Model


class Loan(Model):
    """A loan application under our own request number: processing → disbursed | declined."""

    id = fields.BigIntField(primary_key=True)
    customer: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    customer_id: int
    request_no = fields.CharField(40, unique=True)
    idempotency_key = fields.CharField(80)
    fingerprint = fields.CharField(64)
    amount_fen = fields.BigIntField()
    periods = fields.SmallIntField()
    method = fields.CharField(24)
    coupon: fields.ForeignKeyNullableRelation = fields.ForeignKeyField(
        "models.Coupon", null=True, on_delete=fields.RESTRICT
    )
    coupon_id: int | None
    state = fields.CharField(16)
    reason = fields.CharField(128, null=True)
    cost_table_version = fields.CharField(32)
    cost_table_seconds = fields.IntField()
    created_at = fields.DatetimeField()
    asked_at = fields.DatetimeField(null=True)
    decided_at = fields.DatetimeField(null=True)

    class Meta:
        table = "loan"
        unique_together = (("customer_id", "idempotency_key"),)


class AccountingEntry(Model):
    """The one entry in the core's books for a used coupon: pending until the core has confirmed it."""

    id = fields.BigIntField(primary_key=True)
    coupon: fields.OneToOneRelation = fields.OneToOneField("models.Coupon", on_delete=fields.RESTRICT)
    coupon_id: int
    loan: fields.ForeignKeyRelation[Loan] = fields.ForeignKeyField("models.Loan", on_delete=fields.RESTRICT)
    loan_id: int
    request_no = fields.CharField(40, unique=True)
    amount_fen = fields.BigIntField()
    state = fields.CharField(16)
    created_at = fields.DatetimeField()
    confirmed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "accounting_entry"
