"""Messages on their way to people: by which channel, what became of each, and what providers and people answered."""

from tortoise import fields
from tortoise.models import Model


class Delivery(Model):
    """One message by one channel; `position` is its place among the channels of the message.

    `due_at` is when it is to be looked at next; `content` what is sent, as it was written. `asked_at` is the first time
    its provider was asked, `address` where it went, `provider_id` the provider's number of it.
    """

    id = fields.BigIntField(primary_key=True)
    message: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Message", on_delete=fields.RESTRICT)
    customer: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    position = fields.SmallIntField()
    channel = fields.CharField(16)
    category = fields.CharField(16)
    priority = fields.SmallIntField()
    loan_offer = fields.BooleanField()
    content: fields.Field = fields.JSONField()
    state = fields.CharField(16)
    reason = fields.CharField(64, null=True)
    attempts = fields.SmallIntField(default=0)
    due_at = fields.DatetimeField(null=True)
    useful_until = fields.DatetimeField()
    address = fields.CharField(64, null=True)
    provider_id = fields.CharField(64, null=True)
    created_at = fields.DatetimeField()
    asked_at = fields.DatetimeField(null=True)
    sent_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "delivery"
        unique_together = (("message_id", "position"),)


class DeliveryMove(Model):
    """One step of a delivery, or a decision that left it where it was, with its reason."""

    id = fields.BigIntField(primary_key=True)
    delivery: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Delivery", on_delete=fields.RESTRICT)
    before = fields.CharField(16)
    after = fields.CharField(16)
    reason = fields.CharField(64, null=True)
    at = fields.DatetimeField()

    class Meta:
        table = "delivery_move"
        indexes = (("delivery_id", "id"),)


class DeliveryReceipt(Model):
    """What a provider said became of a message; without `matched_at` we do not know yet which one."""

    id = fields.BigIntField(primary_key=True)
    channel = fields.CharField(16)
    provider_id = fields.CharField(64)
    delivered = fields.BooleanField()
    reason = fields.CharField(64, null=True)
    openid = fields.CharField(64, null=True)
    template_id = fields.CharField(64, null=True)
    told_at = fields.DatetimeField()
    received_at = fields.DatetimeField()
    matched_at = fields.DatetimeField(null=True)

    class Meta:
        table = "delivery_receipt"
        unique_together = (("channel", "provider_id", "delivered"),)


class Subscription(Model):
    """How many subscribe messages of a template a WeChat user still takes."""

    id = fields.BigIntField(primary_key=True)
    openid = fields.CharField(64)
    template_id = fields.CharField(64)
    remaining = fields.IntField()
    changed_at = fields.DatetimeField()

    class Meta:
        table = "subscription"
        unique_together = (("openid", "template_id"),)


class SmsReply(Model):
    """What came back from a phone; `refuses` says that no marketing is wanted any more."""

    id = fields.BigIntField(primary_key=True)
    reply_id = fields.CharField(64, unique=True)
    phone = fields.CharField(20)
    text = fields.TextField()
    refuses = fields.BooleanField()
    told_at = fields.DatetimeField()
    received_at = fields.DatetimeField()

    class Meta:
        table = "sms_reply"


class SendGate(Model):
    """How fast a channel may be used now, when it is left alone, and how its calls ended so far."""

    channel = fields.CharField(16, primary_key=True)
    tokens = fields.FloatField()
    at = fields.DatetimeField()
    failures = fields.IntField(default=0)
    open_until = fields.DatetimeField(null=True)
    closed_until = fields.DatetimeField(null=True)
    asked = fields.BigIntField(default=0)
    unanswered = fields.BigIntField(default=0)
    refused = fields.BigIntField(default=0)

    class Meta:
        table = "send_gate"
