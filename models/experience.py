"""Experience: append-only entries, and the account that sums them."""

from tortoise import fields
from tortoise.models import Model


class ExperienceAccount(Model):
    """A customer's balance (always the sum of the entries) and the level held; `earned` is what the period from
    `period_from` to `level_until` has brought, `cap` the level above which a fall has put a condition, `period_day` the
    day of the month on which the first period began, `spent` what was exchanged: it is gone from the balance, but not
    from what the level is judged by.
    """

    customer: fields.OneToOneRelation = fields.OneToOneField(
        "models.Customer", on_delete=fields.RESTRICT, primary_key=True
    )
    balance = fields.BigIntField(default=0)
    rank = fields.SmallIntField(default=0)
    rank_since = fields.DatetimeField(null=True)
    cap = fields.SmallIntField(null=True)
    period_from = fields.DatetimeField(null=True)
    level_until = fields.DatetimeField(null=True)
    earned = fields.BigIntField(default=0)
    period_day = fields.SmallIntField(null=True)
    spent = fields.BigIntField(default=0)
    change_no = fields.BigIntField(default=0)

    class Meta:
        table = "experience_account"


class ExperienceEntry(Model):
    """One movement; `source` names what caused it and makes it happen once."""

    id = fields.BigIntField(primary_key=True)
    customer: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    amount = fields.BigIntField()
    source = fields.CharField(80, unique=True)
    title = fields.CharField(64)
    created_at = fields.DatetimeField()

    class Meta:
        table = "experience_entry"


class LevelMove(Model):
    """The history of a customer's level."""

    id = fields.BigIntField(primary_key=True)
    customer: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    before = fields.SmallIntField()
    after = fields.SmallIntField()
    reason = fields.CharField(16)
    at = fields.DatetimeField()

    class Meta:
        table = "level_move"
        indexes = (("customer_id", "id"),)


class StandingBenefit(Model):
    """A benefit for holding a level through a period; without a grant it could not be granted, and says why.

    `turn` counts up when a level was lost and came back within the period.
    """

    id = fields.BigIntField(primary_key=True)
    customer: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    benefit = fields.CharField(64)
    period = fields.CharField(16)
    turn = fields.SmallIntField()
    grant: fields.OneToOneNullableRelation = fields.OneToOneField(
        "models.BenefitGrant", null=True, on_delete=fields.RESTRICT
    )
    failure = fields.CharField(64, null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "standing_benefit"
        unique_together = (("customer_id", "benefit", "period", "turn"),)


class LevelGift(Model):
    """A gift for rising to a level; one per customer, level, period and position in the table."""

    id = fields.BigIntField(primary_key=True)
    customer: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    rank = fields.SmallIntField()
    period = fields.CharField(16)
    position = fields.SmallIntField()
    kind = fields.CharField(16)
    target = fields.CharField(64, null=True)
    amount = fields.BigIntField()
    title = fields.CharField(64)
    state = fields.CharField(16)
    failure = fields.CharField(64, null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "level_gift"
        unique_together = (("customer_id", "rank", "period", "position"),)
