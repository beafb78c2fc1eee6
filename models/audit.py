"""What operators did, for ever: a chain of hashes, and anchors that hold its head fast."""

from tortoise import fields
from tortoise.models import Model


class AuditEntry(Model):
    """One act. Never changed or removed, which a trigger holds; `hash` covers the fields and `previous_hash`."""

    number = fields.BigIntField(primary_key=True, generated=False)
    at = fields.DatetimeField(db_index=True)
    operator_id = fields.BigIntField(null=True)
    operator = fields.CharField(64)
    branch = fields.CharField(32)
    action = fields.CharField(64)
    subject = fields.CharField(200)
    detail = fields.TextField()
    previous_hash = fields.CharField(64)
    hash = fields.CharField(64)

    class Meta:
        table = "audit_entry"
        indexes = (("operator", "number"), ("action", "number"), ("subject", "number"))


class AuditAnchor(Model):
    """The head of the chain at a moment, under a key the database does not have."""

    number = fields.BigIntField(primary_key=True, generated=False)
    hash = fields.CharField(64)
    mac = fields.CharField(64)
    at = fields.DatetimeField()

    class Meta:
        table = "audit_anchor"
