"""What streams and files brought that could not be taken, and the T+1 files; then what the database itself refuses."""

from tortoise.migrations import operations as ops
from tortoise import fields

from models.migration import Base

ADD = [
    "ALTER TABLE daily_file ADD CONSTRAINT daily_file_state CHECK (state IN"
    " ('missing', 'waiting', 'verified', 'ingesting', 'done', 'late', 'duplicate', 'mismatching'))",
    "ALTER TABLE daily_file ADD CONSTRAINT only_the_missing_has_no_name CHECK ((name IS NULL) = (state = 'missing'))",
    "ALTER TABLE daily_file ADD CONSTRAINT taken_was_verified"
    " CHECK (state NOT IN ('verified', 'ingesting', 'done', 'late') OR (digest IS NOT NULL AND verified_at IS NOT NULL))",
    "ALTER TABLE daily_file ADD CONSTRAINT finished_took_every_row"
    " CHECK (state NOT IN ('done', 'late') OR (finished_at IS NOT NULL AND accepted + duplicates + rejected = rows))",
    "CREATE UNIQUE INDEX taken_once ON daily_file (name) WHERE state IN ('verified', 'ingesting', 'done', 'late')",
    "CREATE UNIQUE INDEX missing_once ON daily_file (business_date) WHERE state = 'missing'",
    "CREATE INDEX parked_newest ON parked_message (at)",
]


class Migration(Base):
    dependencies = [('models', '0002_constraints')]

    initial = False

    operations = [
        ops.CreateModel(
            name='DailyFile',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(null=True, max_length=64)),
                ('delivery', fields.IntField(default=1)),
                ('business_date', fields.DateField(db_index=True)),
                ('state', fields.CharField(max_length=16)),
                ('ok_stamp', fields.BigIntField(null=True)),
                ('digest', fields.CharField(null=True, max_length=64)),
                ('bytes', fields.BigIntField(null=True)),
                ('rows', fields.BigIntField(null=True)),
                ('amount_fen', fields.BigIntField(null=True)),
                ('position', fields.BigIntField(default=0)),
                ('accepted', fields.BigIntField(default=0)),
                ('duplicates', fields.BigIntField(default=0)),
                ('suspended', fields.BigIntField(default=0)),
                ('rejected', fields.BigIntField(default=0)),
                ('detail', fields.TextField(null=True, unique=False)),
                ('noted_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('missing_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('verified_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('finished_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'daily_file', 'app': 'models', 'unique_together': (('name', 'delivery'),), 'pk_attr': 'id', 'table_description': 'One delivery of a T+1 file, or the absence of one that was expected.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ParkedMessage',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('source', fields.CharField(max_length=32)),
                ('position', fields.CharField(max_length=300)),
                ('payload', fields.BinaryField()),
                ('digest', fields.BinaryField()),
                ('path', fields.CharField(max_length=300)),
                ('code', fields.CharField(max_length=40)),
                ('detail', fields.TextField(unique=False)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'parked_message', 'app': 'models', 'unique_together': (('source', 'position', 'digest'),), 'pk_attr': 'id', 'table_description': 'A message or row that is no acceptable event, for operators to look at; card numbers in it are masked.'},
            bases=['Model'],
        ),
        *(ops.RunSQL(statement) for statement in ADD),
    ]
