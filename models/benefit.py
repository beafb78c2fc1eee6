"""Benefits customers were granted, the codes behind them, and who was shown one when."""

from tortoise import fields
from tortoise.models import Model


class BenefitStock(Model):
    """How many of a benefit were granted; the row is the lock of the last one. A stock of null has no bound."""

    benefit = fields.CharField(64, primary_key=True)
    stock = fields.IntField(null=True)
    issued = fields.IntField(default=0)

    class Meta:
        table = "benefit_stock"


class BenefitGrant(Model):
    """One benefit of one customer; `source` makes it be granted once. `substitute` is what took its place when its
    supplier exited.
    """

    id = fields.BigIntField(primary_key=True)
    benefit = fields.CharField(64)
    version: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Configuration", on_delete=fields.RESTRICT)
    customer: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    state = fields.CharField(16)
    source = fields.CharField(80, unique=True)
    valid_until = fields.DatetimeField()
    granted_at = fields.DatetimeField()
    redeemed_at = fields.DatetimeField(null=True)
    failure = fields.CharField(64, null=True)
    substitute: fields.OneToOneNullableRelation = fields.OneToOneField(
        "models.BenefitGrant", null=True, on_delete=fields.RESTRICT
    )
    change_no = fields.BigIntField()

    class Meta:
        table = "benefit_grant"
        indexes = (("customer_id", "id"), ("benefit", "customer_id"))


class BenefitCode(Model):
    """A voucher code, sealed; `digest` recognises it among those of its supplier without opening it. It belongs to one
    grant for ever, or to nobody once it is withdrawn from stock.
    """

    id = fields.BigIntField(primary_key=True)
    benefit = fields.CharField(64)
    supplier = fields.CharField(64)
    sealed = fields.BinaryField()
    digest = fields.BinaryField()
    grant: fields.OneToOneNullableRelation = fields.OneToOneField(
        "models.BenefitGrant", null=True, on_delete=fields.RESTRICT
    )
    imported_at = fields.DatetimeField()
    withdrawn_at = fields.DatetimeField(null=True)

    class Meta:
        table = "benefit_code"
        unique_together = (("supplier", "digest"),)


class BenefitMove(Model):
    """The history of a grant: one row per change of state."""

    id = fields.BigIntField(primary_key=True)
    grant: fields.ForeignKeyRelation = fields.ForeignKeyField("models.BenefitGrant", on_delete=fields.RESTRICT)
    before = fields.CharField(16, null=True)
    after = fields.CharField(16)
    reason = fields.CharField(64)
    moved_at = fields.DatetimeField()

    class Meta:
        table = "benefit_move"
        indexes = (("grant_id", "id"),)


class CodeShowing(Model):
    """A code was shown to its owner."""

    id = fields.BigIntField(primary_key=True)
    grant: fields.ForeignKeyRelation = fields.ForeignKeyField("models.BenefitGrant", on_delete=fields.RESTRICT)
    shown_at = fields.DatetimeField()

    class Meta:
        table = "code_showing"
        indexes = (("grant_id", "id"),)
