"""People of the bank who configure, approve and support."""

from tortoise import fields
from tortoise.models import Model


class Operator(Model):
    """An operator of head office (`HQ`) or a branch."""

    id = fields.BigIntField(primary_key=True)
    username = fields.CharField(64, unique=True)
    name = fields.CharField(64)
    password_hash = fields.CharField(255)
    roles: fields.Field = fields.JSONField()
    branch = fields.CharField(32)
    active = fields.BooleanField(default=True)
    failed_attempts = fields.SmallIntField(default=0)
    locked_until = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "operator"


class OperatorSession(Model):
    """A signed-in operator; the token carries this row's id."""

    id = fields.CharField(32, primary_key=True)
    operator: fields.ForeignKeyRelation[Operator] = fields.ForeignKeyField("models.Operator", on_delete=fields.RESTRICT)
    operator_id: int
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True, db_index=True)

    class Meta:
        table = "operator_session"
