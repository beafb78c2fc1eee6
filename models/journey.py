"""Customers on their way through journeys, and the steps they have left behind."""

from tortoise import fields
from tortoise.models import Model


class JourneyRun(Model):
    """A customer in a journey, on the version they came in on: active → ended; `turn` counts their times.

    They stand on `step` since `since`, until `due_at` or until what they are `waiting_for` was heard of (`heard_at`);
    `moves` is how many steps they have left. `goal_for` counts until `goal_until`.
    """

    id = fields.BigIntField(primary_key=True)
    journey = fields.CharField(64)
    version: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Configuration", on_delete=fields.RESTRICT)
    customer: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    turn = fields.IntField()
    cause = fields.CharField(80)
    state = fields.CharField(16)
    step = fields.CharField(32)
    moves = fields.IntField()
    since = fields.DatetimeField()
    due_at = fields.DatetimeField(null=True)
    waiting_for = fields.CharField(80, null=True)
    heard_at = fields.DatetimeField(null=True)
    entered_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    end_reason = fields.CharField(32, null=True)
    goal_for = fields.CharField(80, null=True)
    goal_until = fields.DatetimeField(null=True)
    goal_at = fields.DatetimeField(null=True)

    class Meta:
        table = "journey_run"
        unique_together = (("journey", "customer_id", "turn"),)
        indexes = (("customer_id", "id"),)


class JourneyPath(Model):
    """A run left a step by one of its exits, for the step `onward`, or for none: it is over. `code` says why it was not
    the usual one. In the database its key is (run, number).
    """

    id = fields.BigIntField(primary_key=True)
    run: fields.ForeignKeyRelation[JourneyRun] = fields.ForeignKeyField("models.JourneyRun", on_delete=fields.RESTRICT)
    number = fields.IntField()
    step = fields.CharField(32)
    exit = fields.CharField(64)
    code = fields.CharField(64, null=True)
    onward = fields.CharField(32, null=True)
    at = fields.DatetimeField()

    class Meta:
        table = "journey_path"


class JourneyDay(Model):
    """A journey that begins by date lets its customers of a business day in: those up to `after_customer` are."""

    id = fields.BigIntField(primary_key=True)
    journey = fields.CharField(64)
    day = fields.DateField()
    after_customer = fields.BigIntField()
    entered = fields.IntField()
    done_at = fields.DatetimeField(null=True)

    class Meta:
        table = "journey_day"
        unique_together = (("journey", "day"),)
