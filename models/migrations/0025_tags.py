"""Tags: the values customers have, and how far each tag was computed."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from models.migration import Base

ADD = [
    # There may be hundreds of millions of values, and nothing reads them by an id.
    "ALTER TABLE tag_value DROP COLUMN id",
    "ALTER TABLE tag_value ADD CONSTRAINT tag_value_pkey PRIMARY KEY (tag, customer_id)",
    "ALTER TABLE tag_value SET (fillfactor = 90)",
    "ALTER TABLE tag_state ALTER covered SET DEFAULT 0, ALTER took_ms SET DEFAULT 0, ALTER run_covered SET DEFAULT 0,"
    " ALTER run_ms SET DEFAULT 0",
    "ALTER TABLE tag_value ADD CONSTRAINT tag_value_is_one CHECK (num_nonnulls(flag, number, text) = 1)",
    "ALTER TABLE tag_state ADD CONSTRAINT tag_state_computed CHECK ((as_of IS NULL) = (version_id IS NULL))",
    "ALTER TABLE tag_state ADD CONSTRAINT tag_state_run"
    " CHECK (num_nulls(run_version_id, run_as_of, run_after) IN (0, 3))",
    "ALTER TABLE tag_state ADD CONSTRAINT tag_state_covered CHECK (covered >= 0 AND run_covered >= 0)",
    "ALTER TABLE import_file DROP CONSTRAINT import_file_kind",
    "ALTER TABLE import_file ADD CONSTRAINT import_file_kind"
    " CHECK (kind IN ('customers', 'benefit_codes', 'events', 'tags'))",
]


class Migration(Base):
    dependencies = [("models", "0024c_exports")]
    operations = [
        ops.CreateModel(
            name='TagState',
            fields=[
                ('tag', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('version_id', fields.BigIntField(null=True)),
                ('as_of', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('covered', fields.BigIntField(default=0)),
                ('took_ms', fields.BigIntField(default=0)),
                ('told_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('run_version_id', fields.BigIntField(null=True)),
                ('run_as_of', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('run_after', fields.BigIntField(null=True)),
                ('run_covered', fields.BigIntField(default=0)),
                ('run_ms', fields.BigIntField(default=0)),
            ],
            options={'table': 'tag_state', 'app': 'models', 'pk_attr': 'tag', 'table_description': 'A tag that was live: its values are those of the version `version_id` as of `as_of`, `covered` customers have'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TagValue',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('tag', fields.ForeignKeyField('models.TagState', source_field='tag', db_constraint=True, to_field='tag', on_delete=OnDelete.RESTRICT)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('flag', fields.BooleanField(null=True)),
                ('number', fields.BigIntField(null=True)),
                ('text', fields.CharField(null=True, max_length=64)),
                ('as_of', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'tag_value', 'app': 'models', 'pk_attr': 'id', 'table_description': 'The value one customer has; exactly one of `flag`, `number`, `text`. Computed ones are as of when they became so,'},
            bases=['Model'],
        ),
        *(ops.RunSQL(statement) for statement in ADD),
    ]
