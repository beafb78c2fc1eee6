"""What we ask of suppliers and what they tell us: requests, usage, daily files, and where the books differ."""

from tortoise import fields
from tortoise.models import Model


class SupplierRequest(Model):
    """A grant that its supplier issues: one request number for ever, asked again until the outcome is known."""

    id = fields.BigIntField(primary_key=True)
    grant: fields.OneToOneRelation = fields.OneToOneField("models.BenefitGrant", on_delete=fields.RESTRICT)
    supplier = fields.CharField(64)
    product = fields.CharField(64)
    request_no = fields.CharField(40, unique=True)
    state = fields.CharField(16)
    attempts = fields.IntField(default=0)
    next_at = fields.DatetimeField()
    cost_fen = fields.BigIntField()
    reference = fields.CharField(64, null=True)
    failure = fields.CharField(64, null=True)
    created_at = fields.DatetimeField()
    issued_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "supplier_request"


class SupplierGate(Model):
    """How fast a supplier may be asked, and whether it is left alone for a while; counts what it was asked."""

    supplier = fields.CharField(64, primary_key=True)
    tokens = fields.FloatField()
    at = fields.DatetimeField()
    failures = fields.IntField(default=0)
    open_until = fields.DatetimeField(null=True)
    asked = fields.BigIntField(default=0)
    unanswered = fields.BigIntField(default=0)
    refused = fields.BigIntField(default=0)

    class Meta:
        table = "supplier_gate"


class SupplierUsage(Model):
    """A supplier says that a benefit was used; `parked` where we know no such grant, or it cannot have been used."""

    id = fields.BigIntField(primary_key=True)
    supplier = fields.CharField(64)
    usage_no = fields.CharField(64)
    request_no = fields.CharField(40, null=True)
    digest = fields.BinaryField(null=True)
    used_at = fields.DatetimeField()
    cost_fen = fields.BigIntField(null=True)
    way = fields.CharField(16)
    state = fields.CharField(16)
    reason = fields.CharField(40, null=True)
    grant: fields.ForeignKeyNullableRelation = fields.ForeignKeyField(
        "models.BenefitGrant", null=True, on_delete=fields.RESTRICT
    )
    received_at = fields.DatetimeField()

    class Meta:
        table = "supplier_usage"
        unique_together = (("supplier", "usage_no"),)


class SupplierFile(Model):
    """One delivery of a supplier's file of a day; the last one taken is compared with our books."""

    id = fields.BigIntField(primary_key=True)
    supplier = fields.CharField(64)
    day = fields.DateField()
    delivery = fields.IntField()
    digest = fields.CharField(64)
    rows = fields.BigIntField()
    rejected = fields.BigIntField(default=0)
    state = fields.CharField(16)
    detail = fields.TextField(null=True)
    ok_stamp = fields.BigIntField()
    taken_at = fields.DatetimeField()

    class Meta:
        table = "supplier_file"
        unique_together = (("supplier", "day", "delivery"),)


class SupplierRecord(Model):
    """A row of a supplier's file: something it issued or saw used."""

    id = fields.BigIntField(primary_key=True)
    file: fields.ForeignKeyRelation = fields.ForeignKeyField("models.SupplierFile", on_delete=fields.RESTRICT)
    record_no = fields.CharField(64)
    kind = fields.CharField(16)
    request_no = fields.CharField(40, null=True)
    digest = fields.BinaryField(null=True)
    at = fields.DatetimeField()
    cost_fen = fields.BigIntField(null=True)

    class Meta:
        table = "supplier_record"
        unique_together = (("file_id", "record_no"),)


class SupplierDifference(Model):
    """Where our books, our stock and the supplier's file of a day do not agree."""

    id = fields.BigIntField(primary_key=True)
    supplier = fields.CharField(64)
    day = fields.DateField()
    kind = fields.CharField(16)
    record_no = fields.CharField(64, null=True)
    request_no = fields.CharField(40, null=True)
    grant: fields.ForeignKeyNullableRelation = fields.ForeignKeyField(
        "models.BenefitGrant", null=True, on_delete=fields.RESTRICT
    )
    ours = fields.CharField(16, null=True)
    theirs = fields.CharField(16, null=True)
    ours_cost_fen = fields.BigIntField(null=True)
    theirs_cost_fen = fields.BigIntField(null=True)

    class Meta:
        table = "supplier_difference"
        indexes = (("supplier", "day", "id"),)
