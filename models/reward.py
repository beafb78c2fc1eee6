"""What a completed claim earned, and what could not be taken back."""

from tortoise import fields
from tortoise.models import Model


class Grant(Model):
    """One reward of one completion; exactly one row per (claim, round, position). The database draws a `change_no` for
    a new one.
    """

    id = fields.BigIntField(primary_key=True)
    claim: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Claim", on_delete=fields.RESTRICT)
    round = fields.SmallIntField()
    position = fields.SmallIntField()
    customer: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    kind = fields.CharField(16)
    target = fields.CharField(64, null=True)
    amount = fields.BigIntField()
    title = fields.CharField(64)
    cost_fen = fields.BigIntField(default=0)
    state = fields.CharField(16)
    coupon_id = fields.BigIntField(null=True)
    benefit_grant_id = fields.BigIntField(null=True)
    failure = fields.CharField(64, null=True)
    settles_at = fields.DatetimeField()
    granted_at = fields.DatetimeField(null=True)
    clawed_back_at = fields.DatetimeField(null=True)
    change_no = fields.BigIntField(null=True)

    class Meta:
        table = "reward_grant"
        unique_together = (("claim_id", "round", "position"),)


class Debt(Model):
    """What was already used when its grant was clawed back, in fen; `settled` is what withheld rewards have paid."""

    id = fields.BigIntField(primary_key=True)
    grant: fields.OneToOneRelation[Grant] = fields.OneToOneField("models.Grant", on_delete=fields.RESTRICT)
    customer: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    kind = fields.CharField(16)
    amount = fields.BigIntField()
    policy = fields.CharField(16, default="report")
    state = fields.CharField(16, default="open")
    settled = fields.BigIntField(default=0)
    created_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)
    closed_by = fields.BigIntField(null=True)
    reason = fields.CharField(200, null=True)

    class Meta:
        table = "debt"


class DebtPayment(Model):
    """A reward that was withheld, and the debt its cost paid; undone when the reward would not have been due."""

    id = fields.BigIntField(primary_key=True)
    debt: fields.ForeignKeyRelation[Debt] = fields.ForeignKeyField("models.Debt", on_delete=fields.RESTRICT)
    grant: fields.ForeignKeyRelation[Grant] = fields.ForeignKeyField("models.Grant", on_delete=fields.RESTRICT)
    amount = fields.BigIntField()
    paid_at = fields.DatetimeField()
    undone_at = fields.DatetimeField(null=True)

    class Meta:
        table = "debt_payment"
        unique_together = (("debt_id", "grant_id"),)
