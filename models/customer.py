"""Who our customers are, how they sign in, and the sessions they hold."""

from tortoise import fields
from tortoise.models import Model


class Customer(Model):
    """A cardholder, or (without `customer_no`) a visitor whose WeChat identity is not bound yet.

    Its row is the lock under which everything about one customer changes. Of one who was erased the number is a keyed
    digest, until they come back, and the rest empty.
    """

    id = fields.BigIntField(primary_key=True)
    customer_no = fields.CharField(32, null=True, unique=True)
    name = fields.CharField(64, default="")
    stage = fields.CharField(16, default="base")
    card_product = fields.CharField(32, null=True)
    branch = fields.CharField(32, null=True)
    billing_day = fields.SmallIntField(null=True)
    created_at = fields.DatetimeField()
    erased_at = fields.DatetimeField(null=True)

    class Meta:
        table = "customer"


class Identity(Model):
    """A WeChat openid, and whose it is."""

    id = fields.BigIntField(primary_key=True)
    channel = fields.CharField(16)
    subject = fields.CharField(64)
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    customer_id: int
    created_at = fields.DatetimeField()
    bound_at = fields.DatetimeField(null=True)

    class Meta:
        table = "identity"
        unique_together = (("channel", "subject"),)


class CustomerSession(Model):
    """A signed-in customer; the token carries this row's id."""

    id = fields.CharField(32, primary_key=True)
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    customer_id: int
    channel = fields.CharField(16)
    identity_id = fields.BigIntField(null=True)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True, db_index=True)

    class Meta:
        table = "customer_session"


class WebSignIn(Model):
    """A browser on its way to WeChat and back; only hashes of its secrets are kept."""

    state_hash = fields.CharField(64, primary_key=True)
    browser_hash = fields.CharField(64)
    page = fields.CharField(200)
    expires_at = fields.DatetimeField(db_index=True)
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "web_sign_in"


class SpentTicket(Model):
    """A bank-app ticket that has been used; kept until it could not be accepted anyway."""

    id = fields.CharField(64, primary_key=True)
    spent_at = fields.DatetimeField()

    class Meta:
        table = "spent_ticket"


class BindingCode(Model):
    """A one-time code sent by SMS to the phone a visitor claims; only its hash is kept."""

    id = fields.BigIntField(primary_key=True)
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField("models.Customer", on_delete=fields.RESTRICT)
    customer_id: int
    phone = fields.CharField(20)
    code_hash = fields.CharField(64)
    attempts = fields.SmallIntField(default=0)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "binding_code"
        indexes = (("customer_id", "created_at"),)
