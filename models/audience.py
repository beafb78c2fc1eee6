"""Who belongs to an audience: bitmaps of customer ids in pieces, the rows of files, frozen copies."""

from tortoise import fields
from tortoise.models import Model


class Audience(Model):
    """How an audience stands: `edition` counts the times its members were worked out, of the version `version_id`, as
    things were at `as_of`; `due_at` is when that happens next, `failure` why it last did not.
    """

    code = fields.CharField(64, primary_key=True)
    version_id = fields.BigIntField()
    edition = fields.IntField(default=0)
    members = fields.BigIntField(default=0)
    as_of = fields.DatetimeField(null=True)
    due_at = fields.DatetimeField(null=True)
    failure = fields.CharField(200, null=True)

    class Meta:
        table = "audience"


class AudiencePiece(Model):
    """The members with ids from `number` × 2^20 on, below the next piece's, as a roaring bitmap; none is empty."""

    id = fields.BigIntField(primary_key=True)
    audience: fields.ForeignKeyRelation[Audience] = fields.ForeignKeyField(
        "models.Audience", source_field="code", on_delete=fields.RESTRICT
    )
    number = fields.IntField()
    members = fields.IntField()
    bits = fields.BinaryField()

    class Meta:
        table = "audience_piece"
        unique_together = (("audience_id", "number"),)


class AudienceMember(Model):
    """A customer a file put into an audience; in force with `import_id` 0, else waiting for the end of the import that
    replaces all. These three are its key; the migration drops the id, which nothing reads.
    """

    id = fields.BigIntField(primary_key=True)
    code = fields.CharField(64)
    customer: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    import_id = fields.BigIntField(default=0)

    class Meta:
        table = "audience_member"


class AudienceSnapshot(Model):
    """An audience as it was at `as_of`, frozen for audit; the database refuses change."""

    id = fields.BigIntField(primary_key=True)
    code = fields.CharField(64)
    version_id = fields.BigIntField()
    edition = fields.IntField()
    as_of = fields.DatetimeField()
    members = fields.BigIntField()
    digest = fields.CharField(64)
    note = fields.CharField(200)
    made_by = fields.BigIntField()
    made_at = fields.DatetimeField()

    class Meta:
        table = "audience_snapshot"
        indexes = (("code", "id"),)


class AudienceSnapshotPiece(Model):
    """A piece as it was."""

    id = fields.BigIntField(primary_key=True)
    snapshot: fields.ForeignKeyRelation[AudienceSnapshot] = fields.ForeignKeyField(
        "models.AudienceSnapshot", on_delete=fields.RESTRICT
    )
    number = fields.IntField()
    members = fields.IntField()
    bits = fields.BinaryField()

    class Meta:
        table = "audience_snapshot_piece"
        unique_together = (("snapshot_id", "number"),)
