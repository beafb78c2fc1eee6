"""Everything operators configure: one row per version of a code, and one counter that says when to reload."""

from tortoise import fields
from tortoise.models import Model


class Configuration(Model):
    """A version of a task, coupon template, level table … : draft → submitted → live → paused → ended.

    Above the limit it waits as `checked` for the budget approver, and as `scheduled` for its time. A version that
    another one replaced is `superseded`; what runs on it keeps running.
    """

    id = fields.BigIntField(primary_key=True)
    kind = fields.CharField(32)
    code = fields.CharField(64)
    version = fields.IntField()
    state = fields.CharField(16)
    body: fields.Field = fields.JSONField()
    content_hash = fields.CharField(64)
    branch = fields.CharField(32)
    maker_id = fields.BigIntField()
    checker_id = fields.BigIntField(null=True)
    reject_reason = fields.TextField(null=True)
    created_at = fields.DatetimeField()
    submitted_at = fields.DatetimeField(null=True)
    live_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    cost_fen = fields.BigIntField(db_default=0)
    over_limit = fields.BooleanField(db_default=False)
    budget_approver_id = fields.BigIntField(null=True)
    scheduled_at = fields.DatetimeField(null=True)
    changed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "configuration"
        unique_together = (("kind", "code", "version"),)


class ConfigurationMove(Model):
    """What happened to a version, by whom; nobody where the platform did it by itself."""

    id = fields.BigIntField(primary_key=True)
    configuration: fields.ForeignKeyRelation[Configuration] = fields.ForeignKeyField(
        "models.Configuration", on_delete=fields.RESTRICT
    )
    configuration_id: int
    act = fields.CharField(16)
    from_state = fields.CharField(16, null=True)
    to_state = fields.CharField(16)
    operator_id = fields.BigIntField(null=True)
    content_hash = fields.CharField(64)
    reason = fields.TextField(null=True)
    at = fields.DatetimeField()

    class Meta:
        table = "configuration_move"
        indexes = (("configuration_id", "id"),)


class Revision(Model):
    """How often what is live has changed; each change of the live set adds one in its own transaction."""

    id = fields.SmallIntField(primary_key=True)
    number = fields.BigIntField()

    class Meta:
        table = "revision"
