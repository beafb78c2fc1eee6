"""What customers agreed to, how their browsers come back from WeChat, what they ask about their data; then what the database itself refuses."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.migration import Base

ADD = [
    "ALTER TABLE consent ADD CONSTRAINT consent_purpose CHECK (purpose IN"
    " ('privacy', 'marketing.sms', 'marketing.wechat', 'marketing.push', 'personalisation'))",
    "ALTER TABLE customer ADD CONSTRAINT erased_is_nobody CHECK (erased_at IS NULL OR (name = '' AND card_product IS NULL))",
    "CREATE INDEX customer_erased ON customer (id) WHERE erased_at IS NOT NULL",
    "ALTER TABLE data_export ADD CONSTRAINT data_export_state CHECK (state IN ('waiting', 'ready', 'expired'))",
    "ALTER TABLE data_export ADD CONSTRAINT data_export_sealed_while_ready CHECK ((state = 'ready') = (sealed IS NOT NULL))",
    "ALTER TABLE data_export ADD CONSTRAINT data_export_ready_has_an_end"
    " CHECK (state <> 'ready' OR (ready_at IS NOT NULL AND expires_at IS NOT NULL))",
    "CREATE INDEX data_export_to_do ON data_export (state, id) WHERE state <> 'expired'",
    "ALTER TABLE account_deletion ADD CONSTRAINT account_deletion_state CHECK (state IN ('cooling', 'done', 'cancelled'))",
    "ALTER TABLE account_deletion ADD CONSTRAINT account_deletion_closed CHECK ((state = 'cooling') = (closed_at IS NULL))",
    "ALTER TABLE account_deletion ADD CONSTRAINT account_deletion_cooled_off CHECK (state <> 'done' OR closed_at >= due_at)",
    "CREATE UNIQUE INDEX one_deletion_cooling ON account_deletion (customer_id) WHERE state = 'cooling'",
    "CREATE INDEX account_deletion_due ON account_deletion (due_at) WHERE state = 'cooling'",
    "CREATE INDEX identity_of_customer ON identity (customer_id)",
    "CREATE INDEX session_of_customer ON customer_session (customer_id)",
    "CREATE INDEX open_session_of_identity ON customer_session (identity_id) WHERE revoked_at IS NULL",
]


class Migration(Base):
    dependencies = [("models", "0019_wechat")]
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
        ops.CreateModel(
            name='DataExport',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('day', fields.DateField()),
                ('state', fields.CharField(max_length=16)),
                ('requested_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ready_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('bytes', fields.IntField(null=True)),
                ('sealed', fields.BinaryField(null=True)),
            ],
            options={'table': 'data_export', 'app': 'models', 'unique_together': (('customer_id', 'day'),), 'pk_attr': 'id', 'table_description': 'A file of everything held about a customer, one a day: waiting → ready → expired; sealed while it is kept.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='AccountDeletion',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('state', fields.CharField(max_length=16)),
                ('requested_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('due_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('closed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'account_deletion', 'app': 'models', 'indexes': [Index(fields=['customer_id', 'id'])], 'pk_attr': 'id', 'table_description': 'A customer asked to be forgotten: cooling → done or cancelled.'},
            bases=['Model'],
        ),
        ops.AddField(model_name='Customer', name='erased_at', field=fields.DatetimeField(null=True)),
        *(ops.RunSQL(statement) for statement in ADD),
    ]
