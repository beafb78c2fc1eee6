"""What partners told us, kept for ever; and what they told us twice with different words."""

from tortoise import fields
from tortoise.models import Model


class Event(Model):
    """One event, deduplicated on (source, event_id)."""

    id = fields.BigIntField(primary_key=True)
    source = fields.CharField(32)
    event_id = fields.CharField(64)
    type = fields.CharField(40)
    customer: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    occurred_at = fields.DatetimeField()
    amount_fen = fields.BigIntField(default=0)
    mcc = fields.CharField(4, null=True)
    merchant_id = fields.CharField(64, null=True)
    merchant_name = fields.CharField(128, null=True)
    channel = fields.CharField(32, null=True)
    card_token = fields.CharField(64, null=True)
    card_last4 = fields.CharField(4, null=True)
    card_product = fields.CharField(32, null=True)
    auth_code = fields.CharField(16, null=True)
    original_event_id = fields.CharField(64, null=True)
    attributes: fields.Field = fields.JSONField(null=True)
    digest = fields.BinaryField()
    received_at = fields.DatetimeField()

    class Meta:
        table = "event"
        unique_together = (("source", "event_id"),)


class SuspendedEvent(Model):
    """A repeat of a known event with different content, for operators to look at; never merged."""

    id = fields.BigIntField(primary_key=True)
    source = fields.CharField(32)
    event_id = fields.CharField(64)
    code = fields.CharField(40)
    content: fields.Field = fields.JSONField()
    digest = fields.BinaryField()
    received_at = fields.DatetimeField()

    class Meta:
        table = "suspended_event"
        unique_together = (("source", "event_id", "digest"),)


class PartnerNonce(Model):
    """A nonce a partner has used; kept while its timestamp could still be accepted."""

    id = fields.BigIntField(primary_key=True)
    partner = fields.CharField(32)
    nonce = fields.CharField(64)
    used_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "partner_nonce"
        unique_together = (("partner", "nonce"),)
