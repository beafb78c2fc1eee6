"""Files of operators that the worker takes in."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from models.migration import Base

ADD = [
    "ALTER TABLE import_file ALTER id SET DEFAULT nextval('audience_file_id_seq')",
    "DROP SEQUENCE import_file_id_seq",
    "ALTER TABLE import_file ADD CONSTRAINT import_file_kind CHECK (kind IN ('customers', 'benefit_codes', 'events'))",
    "ALTER TABLE import_file ADD CONSTRAINT import_file_state"
    " CHECK (state IN ('received', 'running', 'done', 'refused', 'cancelled'))",
    "ALTER TABLE import_file ADD CONSTRAINT import_file_closed"
    " CHECK ((state IN ('done', 'refused', 'cancelled')) = (closed_at IS NOT NULL))",
    "ALTER TABLE import_file ADD CONSTRAINT import_file_within_rows CHECK (accepted + duplicates + faulty <= rows)",
    "ALTER TABLE import_file ADD CONSTRAINT import_file_done_is_whole"
    " CHECK (state <> 'done' OR accepted + duplicates + faulty = rows)",
    "ALTER TABLE import_part ADD CONSTRAINT import_part_holds CHECK (holds IN ('bytes', 'rows'))",
    # The same file again is the same import, unless nothing became of it.
    "CREATE UNIQUE INDEX import_file_once ON import_file (branch, kind, target, digest, dry_run)"
    " WHERE state NOT IN ('refused', 'cancelled')",
    "CREATE INDEX import_file_waiting ON import_file (id) WHERE state IN ('received', 'running')",
]


class Migration(Base):
    dependencies = [("models", "0024_books")]
    operations = [
        ops.CreateModel(
            name='ImportFile',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('kind', fields.CharField(max_length=16)),
                ('target', fields.CharField(max_length=64)),
                ('name', fields.CharField(max_length=100)),
                ('digest', fields.CharField(max_length=64)),
                ('bytes', fields.BigIntField()),
                ('dry_run', fields.BooleanField()),
                ('state', fields.CharField(max_length=16)),
                ('refusal', fields.CharField(null=True, max_length=200)),
                ('rows', fields.IntField(default=0)),
                ('position', fields.IntField(default=0)),
                ('accepted', fields.IntField(default=0)),
                ('duplicates', fields.IntField(default=0)),
                ('faulty', fields.IntField(default=0)),
                ('branch', fields.CharField(max_length=32)),
                ('made_by', fields.BigIntField()),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('closed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'import_file', 'app': 'models', 'pk_attr': 'id', 'table_description': 'received → running → done; refused, cancelled. `position` is the next of its sets of rows; `target` what the rows'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ImportPart',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('file', fields.ForeignKeyField('models.ImportFile', source_field='file_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('holds', fields.CharField(max_length=8)),
                ('number', fields.IntField()),
                ('sealed', fields.BinaryField()),
            ],
            options={'table': 'import_part', 'app': 'models', 'unique_together': (('file_id', 'holds', 'number'),), 'pk_attr': 'id', 'table_description': 'A piece of a file, sealed: of its bytes as they came, or of its rows. Gone when the import is over.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ImportFault',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('file', fields.ForeignKeyField('models.ImportFile', source_field='file_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('row', fields.IntField()),
                ('path', fields.CharField(max_length=64)),
                ('code', fields.CharField(max_length=64)),
                ('detail', fields.CharField(max_length=200)),
            ],
            options={'table': 'import_fault', 'app': 'models', 'unique_together': (('file_id', 'row'),), 'pk_attr': 'id', 'table_description': 'What is wrong with a row (from 1, the header not counted), and what would be right.'},
            bases=['Model'],
        ),
        *(ops.RunSQL(statement) for statement in ADD),
    ]
