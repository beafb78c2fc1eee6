"""Budgets of campaigns: what was given to whom, every reservation, and warnings that little is left."""

from tortoise import fields
from tortoise.models import Model


class Budget(Model):
    """A campaign that has a budget; the row is the lock of every counter below it."""

    campaign = fields.CharField(64, primary_key=True)
    warn_at = fields.SmallIntField()
    since = fields.DatetimeField()

    class Meta:
        table = "budget"


class BudgetPot(Model):
    """One ceiling of a campaign: of the whole of it (no branch), of a branch's share, of what head office keeps.

    `daily_fen` is the ceiling of each of its days; a ceiling of null is none.
    """

    id = fields.BigIntField(primary_key=True)
    campaign = fields.CharField(64)
    branch = fields.CharField(32)
    ceiling_fen = fields.BigIntField()
    daily_fen = fields.BigIntField(null=True)
    reserved_fen = fields.BigIntField(default=0)
    committed_fen = fields.BigIntField(default=0)

    class Meta:
        table = "budget_pot"
        unique_together = (("campaign", "branch"),)


class BudgetDay(Model):
    """What a business day has taken of a pot, and the ceiling that day had."""

    id = fields.BigIntField(primary_key=True)
    campaign = fields.CharField(64)
    branch = fields.CharField(32)
    day = fields.DateField()
    ceiling_fen = fields.BigIntField(null=True)
    reserved_fen = fields.BigIntField(default=0)
    committed_fen = fields.BigIntField(default=0)

    class Meta:
        table = "budget_day"
        unique_together = (("campaign", "branch", "day"),)


class BudgetEntry(Model):
    """A line of the ledger, never changed: each source reserves once, commits once, releases once.

    Pot and day are those of the reservation, also in the lines that follow it.
    """

    id = fields.BigIntField(primary_key=True)
    source = fields.CharField(96)
    kind = fields.CharField(16)
    campaign = fields.CharField(64)
    branch = fields.CharField(32)
    day = fields.DateField()
    customer: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    amount_fen = fields.BigIntField()
    reason = fields.CharField(64)
    at = fields.DatetimeField()

    class Meta:
        table = "budget_entry"
        unique_together = (("source", "kind"),)
        indexes = (("campaign", "id"),)


class LowWarning(Model):
    """Little was left of something from `at` until `until`; open while it still is. In fen, or in pieces of a stock."""

    id = fields.BigIntField(primary_key=True)
    subject = fields.CharField(16)
    code = fields.CharField(64)
    branch = fields.CharField(32)
    day = fields.DateField(null=True)
    ceiling = fields.BigIntField()
    used = fields.BigIntField()
    at = fields.DatetimeField()
    until = fields.DatetimeField(null=True)

    class Meta:
        table = "low_warning"
        indexes = (("code", "id"),)
