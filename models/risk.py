"""What was attempted, what became of it, who waits, and who stands on a list. Subjects are keyed digests, in hex."""

from tortoise import fields
from tortoise.models import Model


class RiskDecision(Model):
    """What a rule (of a version of the table), or without one a list, made of an attempt. Append-only, but for
    `subjects`, which are forgotten in time.
    """

    id = fields.BigIntField(primary_key=True)
    customer: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    action = fields.CharField(16)
    version = fields.IntField()
    rule = fields.CharField(64, null=True)
    decision = fields.CharField(9)
    shadow = fields.BooleanField()
    passed = fields.BooleanField()
    signals: fields.Field = fields.JSONField()
    subjects: fields.Field = fields.JSONField()
    at = fields.DatetimeField()

    class Meta:
        table = "risk_decision"
        indexes = (("customer_id", "id"), ("rule", "id"), ("at",))


class RiskAttempt(Model):
    """An attempt by a subject that a live rule counts by. Kept as long as a rule may look back."""

    id = fields.BigIntField(primary_key=True)
    subject = fields.CharField(32)
    customer: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    action = fields.CharField(16)
    passed = fields.BooleanField()
    at = fields.DatetimeField()

    class Meta:
        table = "risk_attempt"
        indexes = (("subject", "at"), ("customer_id",))


class RiskSubject(Model):
    """Its row is the lock under which a subject's attempts are counted."""

    subject = fields.CharField(32, primary_key=True)
    seen_at = fields.DatetimeField()

    class Meta:
        table = "risk_subject"


class RiskHold(Model):
    """An action that waits: for time (delay), for a code (challenge), for an operator (review). waiting → cleared,
    refused, spent. `until` is when the state is over by itself.
    """

    id = fields.BigIntField(primary_key=True)
    token = fields.CharField(32, null=True, unique=True)
    customer: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    action = fields.CharField(16)
    kind = fields.CharField(9)
    state = fields.CharField(8)
    version = fields.IntField()
    rule = fields.CharField(64)
    hours = fields.SmallIntField(null=True)
    created_at = fields.DatetimeField()
    opens_at = fields.DatetimeField(null=True)
    until = fields.DatetimeField(null=True)
    code_hash = fields.CharField(64, null=True)
    code_sent_at = fields.DatetimeField(null=True)
    tries = fields.SmallIntField(default=0)
    operator_id = fields.BigIntField(null=True)
    reason = fields.CharField(200, null=True)
    decided_at = fields.DatetimeField(null=True)

    class Meta:
        table = "risk_hold"
        indexes = (("customer_id", "action", "kind"),)


class RiskListEntry(Model):
    """A subject on a list, until a time; `label` is what operators may see of it."""

    id = fields.BigIntField(primary_key=True)
    list = fields.CharField(5)
    kind = fields.CharField(8)
    subject = fields.CharField(32)
    customer: fields.ForeignKeyNullableRelation = fields.ForeignKeyField(
        "models.Customer", on_delete=fields.RESTRICT, null=True
    )
    label = fields.CharField(64)
    reason = fields.CharField(200)
    until = fields.DatetimeField(db_index=True)
    operator_id = fields.BigIntField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "risk_list_entry"
        unique_together = (("subject", "list"),)
        indexes = (("kind",),)
