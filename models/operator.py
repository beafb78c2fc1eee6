"""People of the bank who configure, approve and support, and the tree of branches they belong to."""

from tortoise import fields
from tortoise.models import Model


class Branch(Model):
    """Head office (`HQ`, the only one without a parent) or a branch below another."""

    code = fields.CharField(32, primary_key=True)
    name = fields.CharField(64)
    parent: fields.ForeignKeyNullableRelation["Branch"] = fields.ForeignKeyField(
        "models.Branch", null=True, on_delete=fields.RESTRICT
    )
    parent_id: str | None

    class Meta:
        table = "branch"


class Operator(Model):
    """An operator of head office or a branch.

    `one_time_until` says of a password that it has to be changed, and until when it opens a session at all. The secret
    of the second factor is sealed; one that is not confirmed yet stands in `offered_secret`, and `last_step` is the
    time step of the last code that was taken.
    """

    id = fields.BigIntField(primary_key=True)
    username = fields.CharField(64, unique=True)
    name = fields.CharField(64)
    password_hash = fields.CharField(255)
    roles: fields.Field = fields.JSONField()
    branch = fields.CharField(32)
    active = fields.BooleanField(default=True)
    failed_attempts = fields.SmallIntField(default=0)
    locked_until = fields.DatetimeField(null=True)
    one_time_until = fields.DatetimeField(null=True)
    secret = fields.BinaryField(null=True)
    offered_secret = fields.BinaryField(null=True)
    last_step = fields.BigIntField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "operator"


class OperatorSession(Model):
    """A signed-in operator; the token carries this row's id. `used_at`, by the machine's clock, lags
    behind by up to a minute."""

    id = fields.CharField(32, primary_key=True)
    operator: fields.ForeignKeyRelation[Operator] = fields.ForeignKeyField("models.Operator", on_delete=fields.RESTRICT)
    operator_id: int
    created_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)
    expires_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True, db_index=True)

    class Meta:
        table = "operator_session"


class Reveal(Model):
    """An operator was told what is masked elsewhere, and why."""

    id = fields.BigIntField(primary_key=True)
    operator: fields.ForeignKeyRelation[Operator] = fields.ForeignKeyField("models.Operator", on_delete=fields.RESTRICT)
    operator_id: int
    customer: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    customer_id: int
    asked: fields.Field = fields.JSONField()
    reason = fields.CharField(200)
    day = fields.DateField()
    at = fields.DatetimeField()

    class Meta:
        table = "reveal"
        indexes = (("operator_id", "day"), ("customer_id", "id"))
