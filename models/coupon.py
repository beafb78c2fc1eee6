"""Coupons, their history, and how many of each template are out."""

from tortoise import fields
from tortoise.models import Model


class CouponStock(Model):
    """How many coupons of a template were issued; the row is the lock of the last one."""

    template = fields.CharField(64, primary_key=True)
    stock = fields.IntField()
    issued = fields.IntField(default=0)

    class Meta:
        table = "coupon_stock"


class CouponDay(Model):
    """How many coupons of a template were issued on a business day."""

    id = fields.BigIntField(primary_key=True)
    template = fields.CharField(64)
    day = fields.DateField()
    issued = fields.IntField(default=0)

    class Meta:
        table = "coupon_day"
        unique_together = (("template", "day"),)


class Coupon(Model):
    """One coupon in one wallet: unused → occupied → used; expired; voided. `source` makes it be issued once."""

    id = fields.BigIntField(primary_key=True)
    template = fields.CharField(64)
    version: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Configuration", on_delete=fields.RESTRICT)
    customer: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    state = fields.CharField(16)
    source = fields.CharField(80, unique=True)
    valid_from = fields.DatetimeField()
    valid_until = fields.DatetimeField()
    loan_id = fields.BigIntField(null=True)
    occupied_until = fields.DatetimeField(null=True)
    issued_at = fields.DatetimeField()
    remind_at = fields.DatetimeField(null=True)
    change_no = fields.BigIntField()

    class Meta:
        table = "coupon"
        indexes = (("customer_id", "state"), ("template", "customer_id"))


class CouponMove(Model):
    """The history of a coupon: one row per change of state. In the database its key is (coupon_id, id)."""

    id = fields.BigIntField(primary_key=True)
    coupon: fields.ForeignKeyRelation[Coupon] = fields.ForeignKeyField("models.Coupon", on_delete=fields.RESTRICT)
    coupon_id: int
    before = fields.CharField(16, null=True)
    after = fields.CharField(16)
    reason = fields.CharField(64)
    moved_at = fields.DatetimeField()

    class Meta:
        table = "coupon_move"


class ExpiryReminder(Model):
    """On this business day a customer was told of coupons about to expire: once a day, however many they are."""

    id = fields.BigIntField(primary_key=True)
    customer: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    day = fields.DateField()
    coupons = fields.IntField()

    class Meta:
        table = "expiry_reminder"
        unique_together = (("customer_id", "day"),)


class OfferReminder(Model):
    """A customer wants to be told when coupons of a template begin to be handed out."""

    id = fields.BigIntField(primary_key=True)
    template = fields.CharField(64)
    customer: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    asked_at = fields.DatetimeField()
    told_at = fields.DatetimeField(null=True)

    class Meta:
        table = "offer_reminder"
