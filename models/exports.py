"""Lists that operators asked for, sealed files that hold them, and who had them."""

from tortoise import fields
from tortoise.models import Model


class Export(Model):
    """submitted → approved → ready → expired; rejected, failed. `expires_at` is when its file goes."""

    id = fields.BigIntField(primary_key=True)
    body: fields.Field = fields.JSONField()
    content_hash = fields.CharField(64)
    branch = fields.CharField(32)
    state = fields.CharField(16)
    maker_id = fields.BigIntField()
    checker_id = fields.BigIntField(null=True)
    idempotency_key = fields.CharField(80)
    reject_reason = fields.TextField(null=True)
    failure = fields.CharField(64, null=True)
    rows = fields.IntField(null=True)
    bytes = fields.BigIntField(null=True)
    created_at = fields.DatetimeField()
    decided_at = fields.DatetimeField(null=True)
    ready_at = fields.DatetimeField(null=True)
    expires_at = fields.DatetimeField(null=True)

    class Meta:
        table = "export"
        unique_together = (("maker_id", "idempotency_key"),)


class ExportPiece(Model):
    """A piece of an export's file, sealed; gone when the file expires."""

    id = fields.BigIntField(primary_key=True)
    export: fields.ForeignKeyRelation[Export] = fields.ForeignKeyField("models.Export", on_delete=fields.RESTRICT)
    number = fields.IntField()
    sealed = fields.BinaryField()

    class Meta:
        table = "export_piece"
        unique_together = (("export_id", "number"),)


class ExportDownload(Model):
    """An operator took the file of an export."""

    id = fields.BigIntField(primary_key=True)
    export: fields.ForeignKeyRelation[Export] = fields.ForeignKeyField("models.Export", on_delete=fields.RESTRICT)
    operator_id = fields.BigIntField()
    at = fields.DatetimeField()

    class Meta:
        table = "export_download"
        indexes = (("export_id", "id"),)
