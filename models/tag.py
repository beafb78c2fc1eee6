"""What is known of customers under a name, and how far it was computed."""

from tortoise import fields
from tortoise.models import Model


class TagState(Model):
    """A tag that was live: its values are those of the version `version_id` as of `as_of`, `covered` customers have
    one, and computing them took `took_ms`. Values told by files came last at `told_at`. A run that is under way has
    come to the customer `run_after`.
    """

    tag = fields.CharField(32, primary_key=True)
    version_id = fields.BigIntField(null=True)
    as_of = fields.DatetimeField(null=True)
    covered = fields.BigIntField(default=0)
    took_ms = fields.BigIntField(default=0)
    told_at = fields.DatetimeField(null=True)
    run_version_id = fields.BigIntField(null=True)
    run_as_of = fields.DatetimeField(null=True)
    run_after = fields.BigIntField(null=True)
    run_covered = fields.BigIntField(default=0)
    run_ms = fields.BigIntField(default=0)

    class Meta:
        table = "tag_state"


class TagValue(Model):
    """The value one customer has; exactly one of `flag`, `number`, `text`. Computed ones are as of when they became so,
    imported ones as of when they were told last. In the database its key is (tag, customer_id).
    """

    id = fields.BigIntField(primary_key=True)
    tag: fields.ForeignKeyRelation = fields.ForeignKeyField(
        "models.TagState", source_field="tag", on_delete=fields.RESTRICT
    )
    customer: fields.ForeignKeyRelation = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    flag = fields.BooleanField(null=True)
    number = fields.BigIntField(null=True)
    text = fields.CharField(64, null=True)
    as_of = fields.DatetimeField()

    class Meta:
        table = "tag_value"
