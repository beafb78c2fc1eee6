"""The audit trail, the tree of branches, second factors, reveals; then what the database itself refuses of them."""

import functools
from json import dumps, loads

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.migration import Base

APPEND_ONLY = [
    """CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$""",
    """CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
       FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
    """CREATE TRIGGER audit_anchor_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_anchor
       FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
]
# Every branch somebody belongs to so far stands directly below head office.
TREE = [
    "INSERT INTO branch (code, name) VALUES ('HQ', '总行')",
    """INSERT INTO branch (code, name, parent_id) SELECT code, code, 'HQ' FROM (
         SELECT branch AS code FROM operator UNION SELECT branch FROM customer WHERE branch IS NOT NULL
         UNION SELECT branch FROM configuration) t WHERE code NOT IN ('', 'HQ')""",
]
ADD = [
    "ALTER TABLE audit_entry ADD CONSTRAINT audit_entry_number CHECK (number >= 1)",
    "ALTER TABLE branch ADD CONSTRAINT branch_below_head_office CHECK ((code = 'HQ') = (parent_id IS NULL))",
    "ALTER TABLE branch ADD CONSTRAINT branch_not_below_itself CHECK (parent_id <> code)",
    "ALTER TABLE operator ADD CONSTRAINT operator_of_a_branch FOREIGN KEY (branch) REFERENCES branch (code)",
    "ALTER TABLE reveal ADD CONSTRAINT reveal_has_a_reason CHECK (length(trim(reason)) > 0)",
]


class Migration(Base):
    dependencies = [("models", "0021_delivery")]
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
        ops.CreateModel(
            name='Branch',
            fields=[
                ('code', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('name', fields.CharField(max_length=64)),
                ('parent', fields.ForeignKeyField('models.Branch', source_field='parent_id', null=True, db_constraint=True, to_field='code', on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'branch', 'app': 'models', 'pk_attr': 'code', 'table_description': 'Head office (`HQ`, the only one without a parent) or a branch below another.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Reveal',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('operator', fields.ForeignKeyField('models.Operator', source_field='operator_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('asked', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('reason', fields.CharField(max_length=200)),
                ('day', fields.DateField()),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'reveal', 'app': 'models', 'indexes': [Index(fields=['operator_id', 'day']), Index(fields=['customer_id', 'id'])], 'pk_attr': 'id', 'table_description': 'An operator was told what is masked elsewhere, and why.'},
            bases=['Model'],
        ),
        ops.AddField(model_name='Operator', name='one_time_until', field=fields.DatetimeField(null=True)),
        ops.AddField(model_name='Operator', name='secret', field=fields.BinaryField(null=True)),
        ops.AddField(model_name='Operator', name='offered_secret', field=fields.BinaryField(null=True)),
        ops.AddField(model_name='Operator', name='last_step', field=fields.BigIntField(null=True)),
        ops.AddField(model_name='OperatorSession', name='used_at', field=fields.DatetimeField(null=True)),
        *(ops.RunSQL(statement) for statement in [*APPEND_ONLY, *TREE, *ADD]),
    ]
