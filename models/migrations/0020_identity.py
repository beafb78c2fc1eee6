"""What customers agreed to, how their browsers come back from WeChat; then what the database itself refuses."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

ADD = [
    "ALTER TABLE consent ADD CONSTRAINT consent_purpose CHECK (purpose IN"
    " ('privacy', 'marketing.sms', 'marketing.wechat', 'marketing.push', 'personalisation'))",
    "CREATE INDEX identity_of_customer ON identity (customer_id)",
    "CREATE INDEX session_of_customer ON customer_session (customer_id)",
    "CREATE INDEX open_session_of_identity ON customer_session (identity_id) WHERE revoked_at IS NULL",
]


class Migration(migrations.Migration):
    dependencies = [("models", "0018_coupon_sets")]
    operations = [
        ops.CreateModel(
            name='Consent',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('purpose', fields.CharField(max_length=32)),
                ('granted', fields.BooleanField()),
                ('document_version', fields.CharField(max_length=32)),
                ('via', fields.CharField(max_length=16)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'consent', 'app': 'models', 'indexes': [Index(fields=['customer_id', 'purpose', 'id'])], 'pk_attr': 'id', 'table_description': 'One decision about one purpose, on one version of its text; never changed, the latest counts.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='WebSignIn',
            fields=[
                ('state_hash', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('browser_hash', fields.CharField(max_length=64)),
                ('page', fields.CharField(max_length=200)),
                ('expires_at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'web_sign_in', 'app': 'models', 'pk_attr': 'state_hash', 'table_description': 'A browser on its way to WeChat and back; only hashes of its secrets are kept.'},
            bases=['Model'],
        ),
        *(ops.RunSQL(statement) for statement in ADD),
    ]
