"""Forecasts of tasks that are not live yet, and what they play while they are being made."""

from tortoise import fields
from tortoise.models import Model


class Forecast(Model):
    """waiting → running → ready; failed. `documents` are the versions as they were when it was asked for, `tally` who
    would have seen what so far; `after_customer` is where it goes on. `exceeds`: some budget would have run out.
    """

    id = fields.BigIntField(primary_key=True)
    kind = fields.CharField(32)
    code = fields.CharField(64)
    asked: fields.Field = fields.JSONField()
    documents: fields.Field = fields.JSONField()
    branch = fields.CharField(32)
    maker_id = fields.BigIntField()
    state = fields.CharField(16)
    after_customer = fields.BigIntField(default=0)
    customers = fields.BigIntField(default=0)
    customers_done = fields.BigIntField(default=0)
    events = fields.BigIntField(default=0)
    tally: fields.Field = fields.JSONField()
    result: fields.Field = fields.JSONField(null=True)
    exceeds = fields.BooleanField(null=True)
    failure = fields.CharField(64, null=True)
    created_at = fields.DatetimeField()
    finished_at = fields.DatetimeField(null=True)

    class Meta:
        table = "forecast"
        indexes = (("kind", "code", "id"),)


class ForecastClaim(Model):
    """A claim there would have been; `number` of them where they are alike and come to nothing. Gone when the forecast
    is ready.
    """

    id = fields.BigIntField(primary_key=True)
    forecast: fields.ForeignKeyRelation[Forecast] = fields.ForeignKeyField("models.Forecast", on_delete=fields.RESTRICT)
    task = fields.CharField(64)
    customer_id = fields.BigIntField(null=True)
    branch = fields.CharField(32)
    stage = fields.CharField(16)
    opened_at = fields.DatetimeField()
    claimed_at = fields.DatetimeField()
    completed_at = fields.DatetimeField(null=True)
    expired = fields.BooleanField()
    number = fields.IntField()

    class Meta:
        table = "forecast_claim"
        indexes = (("forecast_id", "completed_at"),)
