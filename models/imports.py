"""Files of operators that the worker takes in, and what was wrong with their rows."""

from tortoise import fields
from tortoise.models import Model


class ImportFile(Model):
    """received → running → done; refused, failed, cancelled. `position` is the next of its sets of rows; `target` what
    the rows are for. Its id is of the sequence of audience files, so that no two imports of any kind have the same.
    """

    id = fields.BigIntField(primary_key=True)
    kind = fields.CharField(16)
    target = fields.CharField(100)
    name = fields.CharField(100)
    digest = fields.CharField(64)
    bytes = fields.BigIntField()
    dry_run = fields.BooleanField()
    state = fields.CharField(16)
    refusal = fields.CharField(200, null=True)
    rows = fields.IntField(default=0)
    position = fields.IntField(default=0)
    accepted = fields.IntField(default=0)
    duplicates = fields.IntField(default=0)
    faulty = fields.IntField(default=0)
    branch = fields.CharField(32)
    made_by = fields.BigIntField()
    created_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)
    attempts = fields.IntField(db_default=0)
    retry_at = fields.DatetimeField(null=True)
    failure = fields.CharField(200, null=True)
    worked_ms = fields.BigIntField(db_default=0)

    class Meta:
        table = "import_file"


class ImportPart(Model):
    """A piece of a file, sealed: of its bytes as they came, or of its rows. Gone when the import is over."""

    id = fields.BigIntField(primary_key=True)
    file: fields.ForeignKeyRelation = fields.ForeignKeyField("models.ImportFile", on_delete=fields.RESTRICT)
    holds = fields.CharField(8)
    number = fields.IntField()
    sealed = fields.BinaryField()

    class Meta:
        table = "import_part"
        unique_together = (("file_id", "holds", "number"),)


class ImportFault(Model):
    """What is wrong with a row (from 1, the header not counted), and what would be right."""

    id = fields.BigIntField(primary_key=True)
    file: fields.ForeignKeyRelation = fields.ForeignKeyField("models.ImportFile", on_delete=fields.RESTRICT)
    row = fields.IntField()
    path = fields.CharField(64)
    code = fields.CharField(64)
    detail = fields.CharField(200)

    class Meta:
        table = "import_fault"
        unique_together = (("file_id", "row"),)
