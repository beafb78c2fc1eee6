"""What WeChat told us, and who follows the official account."""

from tortoise import fields
from tortoise.models import Model


class WeChatCallback(Model):
    """A callback, stored once and handed to whom it concerns: waiting → handed or parked.

    `kept` is what concerns nobody. `kind` is the event, or of a message its type.
    """

    id = fields.BigIntField(primary_key=True)
    app = fields.CharField(8)
    dedupe_key = fields.CharField(64)
    openid = fields.CharField(64)
    kind = fields.CharField(64)
    content: fields.Field = fields.JSONField()
    told_at = fields.DatetimeField()
    received_at = fields.DatetimeField(db_index=True)
    state = fields.CharField(8)
    attempts = fields.SmallIntField(default=0)
    due_at = fields.DatetimeField(null=True)

    class Meta:
        table = "wechat_callback"
        unique_together = (("app", "dedupe_key"),)


class WeChatFollower(Model):
    """Whether somebody follows the official account, by the latest that was told."""

    openid = fields.CharField(64, primary_key=True)
    followed = fields.BooleanField()
    changed_at = fields.DatetimeField()

    class Meta:
        table = "wechat_follower"
