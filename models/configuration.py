"""Everything operators configure: one row per version of a code, and one counter that says when to reload."""

from tortoise import fields
from tortoise.models import Model


class Configuration(Model):
    """A version of a task, coupon template, level table … : draft → submitted → live → paused → ended.

    A version that another one replaced is `superseded`; what runs on it keeps running.
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

    class Meta:
        table = "configuration"
        unique_together = (("kind", "code", "version"),)


class Revision(Model):
    """How often what is live has changed; each change of the live set adds one in its own transaction."""

    id = fields.SmallIntField(primary_key=True)
    number = fields.BigIntField()

    class Meta:
        table = "revision"
