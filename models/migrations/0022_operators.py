"""The audit trail; then what the database itself refuses of it."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

APPEND_ONLY = [
    """CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$""",
    """CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
       FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
    """CREATE TRIGGER audit_anchor_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_anchor
       FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
]
ADD = [
    "ALTER TABLE audit_entry ADD CONSTRAINT audit_entry_number CHECK (number >= 1)",
]


class Migration(migrations.Migration):
    dependencies = [("models", "0018_coupon_sets")]
    operations = [
        ops.CreateModel(
            name='AuditAnchor',
            fields=[
                ('number', fields.BigIntField(primary_key=True, unique=True, db_index=True)),
                ('hash', fields.CharField(max_length=64)),
                ('mac', fields.CharField(max_length=64)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'audit_anchor', 'app': 'models', 'pk_attr': 'number', 'table_description': 'The head of the chain at a moment, under a key the database does not have.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='AuditEntry',
            fields=[
                ('number', fields.BigIntField(primary_key=True, unique=True, db_index=True)),
                ('at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ('operator_id', fields.BigIntField(null=True)),
                ('operator', fields.CharField(max_length=64)),
                ('branch', fields.CharField(max_length=32)),
                ('action', fields.CharField(max_length=64)),
                ('subject', fields.CharField(max_length=200)),
                ('detail', fields.TextField(unique=False)),
                ('previous_hash', fields.CharField(max_length=64)),
                ('hash', fields.CharField(max_length=64)),
            ],
            options={'table': 'audit_entry', 'app': 'models', 'indexes': [Index(fields=['operator', 'number']), Index(fields=['action', 'number']), Index(fields=['subject', 'number'])], 'pk_attr': 'number', 'table_description': 'One act. Never changed or removed, which a trigger holds; `hash` covers the fields and `previous_hash`.'},
            bases=['Model'],
        ),
        *(ops.RunSQL(statement) for statement in [*APPEND_ONLY, *ADD]),
    ]
