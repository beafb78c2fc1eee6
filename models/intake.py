"""What came in by stream or file and could not be taken, and the T+1 files themselves."""

from tortoise import fields
from tortoise.models import Model


class ParkedMessage(Model):
    """A message or row that is no acceptable event, for operators to look at; card numbers in it are masked."""

    id = fields.BigIntField(primary_key=True)
    source = fields.CharField(32)
    position = fields.CharField(300)
    payload = fields.BinaryField()
    digest = fields.BinaryField()
    path = fields.CharField(300)
    code = fields.CharField(40)
    detail = fields.TextField()
    at = fields.DatetimeField()

    class Meta:
        table = "parked_message"
        unique_together = (("source", "position", "digest"),)


class DailyFile(Model):
    """One delivery of a T+1 file, or the absence of one that was expected."""

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(64, null=True)
    delivery = fields.IntField(default=1)
    business_date = fields.DateField(db_index=True)
    state = fields.CharField(16)
    ok_stamp = fields.BigIntField(null=True)
    digest = fields.CharField(64, null=True)
    bytes = fields.BigIntField(null=True)
    rows = fields.BigIntField(null=True)
    amount_fen = fields.BigIntField(null=True)
    position = fields.BigIntField(default=0)
    accepted = fields.BigIntField(default=0)
    duplicates = fields.BigIntField(default=0)
    suspended = fields.BigIntField(default=0)
    rejected = fields.BigIntField(default=0)
    detail = fields.TextField(null=True)
    noted_at = fields.DatetimeField()
    missing_at = fields.DatetimeField(null=True)
    verified_at = fields.DatetimeField(null=True)
    finished_at = fields.DatetimeField(null=True)

    class Meta:
        table = "daily_file"
        unique_together = (("name", "delivery"),)
