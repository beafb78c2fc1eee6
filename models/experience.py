"""Experience: append-only entries, and the account that sums them."""

from tortoise import fields
from tortoise.models import Model


class ExperienceAccount(Model):
    """A customer's balance (always the sum of the entries) and the level reached with it."""

    customer: fields.OneToOneRelation = fields.OneToOneField(
        "models.Customer", on_delete=fields.RESTRICT, primary_key=True
    )
    balance = fields.BigIntField(default=0)
    rank = fields.SmallIntField(default=0)
    rank_since = fields.DatetimeField(null=True)
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
