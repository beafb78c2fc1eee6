"""A customer's claims of tasks, what was pushed to them after it, and the places taken of tasks with only so many."""

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.models import Model


class Claim(Model):
    """One customer on one task in one cycle, on the version it was claimed under.

    `progress` holds one state per condition (see `domain.tasks.conditions`); `round` counts how often the
    claim reached completion; `change_no` orders what the customer's pages must be told. Where a condition asks for
    billing cycles, `billing_day` is the customer's as it was known when the claim was made.
    """

    id = fields.BigIntField(primary_key=True)
    customer: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    task = fields.CharField(64)
    version: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Configuration", on_delete=fields.RESTRICT)
    cycle = fields.CharField(16)
    turn = fields.SmallIntField(default=1)
    state = fields.CharField(16)
    progress: fields.Field = fields.JSONField()
    round = fields.SmallIntField(default=0)
    claimed_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(null=True)
    completed_at = fields.DatetimeField(null=True)
    rewarded_at = fields.DatetimeField(null=True)
    remind_at = fields.DatetimeField(null=True)
    billing_day = fields.SmallIntField(null=True)
    change_no = fields.BigIntField()

    class Meta:
        table = "claim"
        unique_together = (("customer_id", "task", "cycle", "turn"),)
        indexes = (("customer_id", "change_no"), ("task", "state"))


class TaskOffer(Model):
    """A follow-up pushed to a customer by a completion, once per claim and task: open to be taken up, or claimed for
    them at once. `pool` is the task whose rule (by its place) pushed it, `round` the completion it stands on. One that
    stands on no completion has the `source` that caused it instead.
    """

    id = fields.BigIntField(primary_key=True)
    customer: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    task = fields.CharField(64)
    pool = fields.CharField(64)
    from_claim: fields.ForeignKeyNullableRelation = fields.ForeignKeyField(
        "models.Claim", null=True, on_delete=fields.RESTRICT
    )
    source = fields.CharField(80, null=True, unique=True)
    round = fields.SmallIntField()
    rule = fields.SmallIntField()
    state = fields.CharField(16)
    message = fields.CharField(64, null=True)
    created_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)
    change_no = fields.BigIntField()

    class Meta:
        table = "task_offer"
        unique_together = (("from_claim_id", "task"),)
        indexes = (("customer_id", "change_no"),)


class ClaimMove(Model):
    """A running claim was taken over by another version of its task."""

    id = fields.BigIntField(primary_key=True)
    claim: fields.ForeignKeyRelation[Claim] = fields.ForeignKeyField("models.Claim", on_delete=fields.RESTRICT)
    before_version: fields.ForeignKeyRelation = fields.ForeignKeyField(
        "models.Configuration", related_name="claims_left", on_delete=fields.RESTRICT
    )
    after_version: fields.ForeignKeyRelation = fields.ForeignKeyField(
        "models.Configuration", related_name="claims_joined", on_delete=fields.RESTRICT
    )
    percent_before = fields.SmallIntField()
    percent_after = fields.SmallIntField()
    moved_at = fields.DatetimeField()

    class Meta:
        table = "claim_move"
        indexes = (("claim_id", "id"),)


class TaskPlaces(Model):
    """How many places of a task with limited places are taken; the row is the lock of its last place."""

    task = fields.CharField(64, primary_key=True)
    taken = fields.IntField(default=0)

    class Meta:
        table = "task_places"


class TaskSeen(Model):
    """A customer's page showed these tasks for the first time; no task stands in two rows of a customer."""

    id = fields.BigIntField(primary_key=True)
    customer: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    tasks = ArrayField(element_type="text")
    first_seen_at = fields.DatetimeField()

    class Meta:
        table = "task_seen"
        indexes = [("customer_id",)]
