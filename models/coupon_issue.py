"""Coupons issued to many customers at once: what was asked for and approved, to whom, and how far it has come."""

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.models import Model


class AudienceFile(Model):
    """A file of customer numbers that was taken in whole; its customers stand in sets."""

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(100)
    digest = fields.CharField(64)
    rows = fields.IntField()
    customers = fields.IntField()
    duplicates = fields.IntField()
    faulty = fields.IntField()
    faults: fields.Field = fields.JSONField()
    branch = fields.CharField(32)
    made_by = fields.BigIntField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "audience_file"


class AudienceFileSet(Model):
    """Customers of a file, by id; a set holds none twice, and no two sets the same."""

    id = fields.BigIntField(primary_key=True)
    file: fields.ForeignKeyRelation = fields.ForeignKeyField("models.AudienceFile", on_delete=fields.RESTRICT)
    number = fields.IntField()
    customer_ids = ArrayField(element_type="bigint")

    class Meta:
        table = "audience_file_set"
        unique_together = (("file_id", "number"),)


class CouponIssue(Model):
    """submitted → running ⇄ paused → done, above the limit by way of checked; ended, cancelled, rejected. `number` and
    `after_customer` are the cursor: the set being issued, and the last of its customers who is decided.
    """

    id = fields.BigIntField(primary_key=True)
    template = fields.CharField(64)
    body: fields.Field = fields.JSONField()
    content_hash = fields.CharField(64)
    branch = fields.CharField(32)
    state = fields.CharField(16)
    held_by = fields.CharField(64, null=True)
    due_at = fields.DatetimeField(null=True)
    number = fields.IntField(default=0)
    after_customer = fields.BigIntField(default=0)
    total = fields.IntField()
    issued = fields.IntField(default=0)
    skipped: fields.Field = fields.JSONField()
    worked_ms = fields.BigIntField(default=0)
    maker_id = fields.BigIntField()
    checker_id = fields.BigIntField(null=True)
    idempotency_key = fields.CharField(80)
    reject_reason = fields.TextField(null=True)
    created_at = fields.DatetimeField()
    approved_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    cost_fen = fields.BigIntField(db_default=0)
    over_limit = fields.BooleanField(db_default=False)
    budget_approver_id = fields.BigIntField(null=True)

    class Meta:
        table = "coupon_issue"
        unique_together = (("maker_id", "idempotency_key"),)


class CouponIssueSet(Model):
    """Customers of an issue as they were at its approval, by id."""

    id = fields.BigIntField(primary_key=True)
    issue: fields.ForeignKeyRelation = fields.ForeignKeyField("models.CouponIssue", on_delete=fields.RESTRICT)
    number = fields.IntField()
    customer_ids = ArrayField(element_type="bigint")

    class Meta:
        table = "coupon_issue_set"
        unique_together = (("issue_id", "number"),)
