"""Loans customers asked for, their coupons, and what we tell the core's books about those."""

from tortoise import fields
from tortoise.models import Model


class Loan(Model):
    """A loan application under our own request number: processing → disbursed | declined; disbursed → cancelled |
    repaid_early. `interface` is how the core was asked for it, `cost_table` what the customer confirmed.
    """

    id = fields.BigIntField(primary_key=True)
    customer: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    customer_id: int
    request_no = fields.CharField(40, unique=True)
    idempotency_key = fields.CharField(80)
    fingerprint = fields.CharField(64)
    amount_fen = fields.BigIntField()
    periods = fields.SmallIntField()
    method = fields.CharField(24)
    interface: fields.Field = fields.JSONField(null=True)
    state = fields.CharField(16)
    reason = fields.CharField(128, null=True)
    cost_table_version = fields.CharField(32)
    cost_table_seconds = fields.IntField()
    cost_table: fields.Field = fields.JSONField(null=True)
    created_at = fields.DatetimeField()
    asked_at = fields.DatetimeField(null=True)
    decided_at = fields.DatetimeField(null=True)

    class Meta:
        table = "loan"
        unique_together = (("customer_id", "idempotency_key"),)


class LoanCoupon(Model):
    """A coupon of an application, in the customer's order; `reduction_fen` is what it took off, once that is known."""

    id = fields.BigIntField(primary_key=True)
    loan: fields.ForeignKeyRelation[Loan] = fields.ForeignKeyField("models.Loan", on_delete=fields.RESTRICT)
    loan_id: int
    coupon: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Coupon", on_delete=fields.RESTRICT)
    coupon_id: int
    position = fields.SmallIntField()
    reduction_fen = fields.BigIntField(null=True)

    class Meta:
        table = "loan_coupon"
        unique_together = (("loan_id", "coupon_id"),)
        indexes = (("coupon_id",),)


class LoanMove(Model):
    """The history of a loan: one row per change of state; `source` says who told us."""

    id = fields.BigIntField(primary_key=True)
    loan: fields.ForeignKeyRelation[Loan] = fields.ForeignKeyField("models.Loan", on_delete=fields.RESTRICT)
    loan_id: int
    before = fields.CharField(16, null=True)
    after = fields.CharField(16)
    source = fields.CharField(80)
    moved_at = fields.DatetimeField()

    class Meta:
        table = "loan_move"
        indexes = (("loan_id", "id"),)


class AccountingEntry(Model):
    """What the core's books are told of a used coupon: its reduction, or the reversal of one; pending until the core
    has confirmed it. A used coupon has exactly one reduction that nothing has reversed.
    """

    id = fields.BigIntField(primary_key=True)
    coupon: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Coupon", on_delete=fields.RESTRICT)
    coupon_id: int
    loan: fields.ForeignKeyRelation[Loan] = fields.ForeignKeyField("models.Loan", on_delete=fields.RESTRICT)
    loan_id: int
    request_no = fields.CharField(40, unique=True)
    amount_fen = fields.BigIntField()
    state = fields.CharField(16)
    created_at = fields.DatetimeField()
    confirmed_at = fields.DatetimeField(null=True)
    reverses: fields.OneToOneNullableRelation["AccountingEntry"] = fields.OneToOneField(
        "models.AccountingEntry", null=True, on_delete=fields.RESTRICT
    )
    reversed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "accounting_entry"


class LoanDiscrepancy(Model):
    """Where the core's loan and our coupon do not fit together; open until somebody, or what came next, closed it."""

    id = fields.BigIntField(primary_key=True)
    loan: fields.ForeignKeyRelation[Loan] = fields.ForeignKeyField("models.Loan", on_delete=fields.RESTRICT)
    loan_id: int
    coupon: fields.ForeignKeyNullableRelation = fields.ForeignKeyField(
        "models.Coupon", null=True, on_delete=fields.RESTRICT
    )
    coupon_id: int | None
    kind = fields.CharField(32)
    amount_fen = fields.BigIntField(default=0)
    detail = fields.CharField(200)
    state = fields.CharField(16)
    created_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)
    closed_by = fields.BigIntField(null=True)
    reason = fields.CharField(200, null=True)

    class Meta:
        table = "loan_discrepancy"
        unique_together = (("loan_id", "coupon_id", "kind"),)
