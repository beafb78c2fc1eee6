"""What the last check of each invariant found."""

from tortoise import fields
from tortoise.models import Model


class InvariantCheck(Model):
    """The last check of an invariant: how many rows break it, and the first of them."""

    invariant = fields.CharField(64, primary_key=True)
    violations = fields.IntField()
    rows: fields.Field = fields.JSONField()
    seconds = fields.FloatField()
    checked_at = fields.DatetimeField()

    class Meta:
        table = "invariant_check"
