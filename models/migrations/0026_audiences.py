"""Audiences and their frozen copies; then what the database itself refuses of them."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.migration import Base

ADD = [
    "ALTER TABLE audience ADD CONSTRAINT audience_counts CHECK (edition >= 0 AND members >= 0)",
    "ALTER TABLE audience ADD CONSTRAINT audience_is_of_a_time CHECK ((edition = 0) = (as_of IS NULL))",
    "ALTER TABLE audience_piece ADD CONSTRAINT audience_piece_not_empty"
    " CHECK (number >= 0 AND members BETWEEN 1 AND 1048576)",
    "ALTER TABLE audience_snapshot ADD CONSTRAINT audience_snapshot_digest"
    " CHECK (digest ~ '^[0-9a-f]{64}$' AND members >= 0)",
    "ALTER TABLE audience_snapshot_piece ADD CONSTRAINT audience_snapshot_piece_not_empty"
    " CHECK (number >= 0 AND members BETWEEN 1 AND 1048576)",
    "CREATE INDEX audience_due ON audience (due_at) WHERE due_at IS NOT NULL",
    "CREATE INDEX audience_member_of_customer ON audience_member (customer_id)",
    # There may be many, and nothing reads them by an id.
    "ALTER TABLE audience_member DROP COLUMN id",
    "ALTER TABLE audience_member ADD CONSTRAINT audience_member_pkey PRIMARY KEY (code, import_id, customer_id)",
    "ALTER TABLE import_file DROP CONSTRAINT import_file_kind",
    "ALTER TABLE import_file ADD CONSTRAINT import_file_kind"
    " CHECK (kind IN ('customers', 'benefit_codes', 'events', 'tags', 'audience_members'))",
    # A code, how its file changes the members, and the imports of the code before it.
    "ALTER TABLE import_file ALTER target TYPE varchar(100)",
]
FROZEN = [
    "CREATE TRIGGER audience_snapshot_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON audience_snapshot"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER audience_snapshot_piece_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON audience_snapshot_piece"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
]
# What operators' own queries may read, and who reads it for them.
READ = [
    "CREATE SCHEMA audience_sql",
    """CREATE VIEW audience_sql.customers AS
       SELECT c.id AS customer_id, c.customer_no, c.stage, c.card_product, c.branch, coalesce(x.rank, 0)::int AS level,
              c.billing_day::int AS billing_day, c.created_at AS since
       FROM public.customer c LEFT JOIN public.experience_account x ON x.customer_id = c.id
       WHERE c.customer_no IS NOT NULL AND c.erased_at IS NULL""",
    """CREATE VIEW audience_sql.events AS
       SELECT customer_id, type, occurred_at, amount_fen, mcc, merchant_id, merchant_name, channel, card_product
       FROM public.event""",
    """CREATE VIEW audience_sql.statuses AS
       SELECT customer_id, attributes ->> 'name' AS name, attributes ->> 'value' AS value, occurred_at
       FROM public.event WHERE type = 'status'""",
    "CREATE VIEW audience_sql.tags AS SELECT customer_id, tag, flag, number, text, as_of FROM public.tag_value",
    # Roles are of the whole server, and there may be several databases. Who may not make one is told how (docs).
    """DO $$ BEGIN
         IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cardquest_audience_reader') THEN
           CREATE ROLE cardquest_audience_reader NOLOGIN;
         END IF;
       EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN
         RAISE NOTICE 'cardquest_audience_reader was not made: %', SQLERRM;
       END $$""",
    """DO $$ BEGIN
         EXECUTE format('GRANT cardquest_audience_reader TO %I', current_user);
         GRANT USAGE ON SCHEMA audience_sql TO cardquest_audience_reader;
         GRANT SELECT ON ALL TABLES IN SCHEMA audience_sql TO cardquest_audience_reader;
       EXCEPTION WHEN undefined_object OR insufficient_privilege THEN
         RAISE NOTICE 'queries of operators will not run: %', SQLERRM;
       END $$""",
]


class Migration(Base):
    dependencies = [("models", "0025_tags")]
    operations = [
        ops.CreateModel(
            name='Audience',
            fields=[
                ('code', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('version_id', fields.BigIntField()),
                ('edition', fields.IntField(default=0)),
                ('members', fields.BigIntField(default=0)),
                ('as_of', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('due_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('failure', fields.CharField(null=True, max_length=200)),
            ],
            options={'table': 'audience', 'app': 'models', 'pk_attr': 'code', 'table_description': 'How an audience stands: `edition` counts the times its members were worked out, of the version `version_id`, as'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='AudiencePiece',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('audience', fields.ForeignKeyField('models.Audience', source_field='code', db_constraint=True, to_field='code', on_delete=OnDelete.RESTRICT)),
                ('number', fields.IntField()),
                ('members', fields.IntField()),
                ('bits', fields.BinaryField()),
            ],
            options={'table': 'audience_piece', 'app': 'models', 'unique_together': (('audience_id', 'number'),), 'pk_attr': 'id', 'table_description': "The members with ids from `number` × 2^20 on, below the next piece's, as a roaring bitmap; none is empty."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='AudienceMember',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharField(max_length=64)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('import_id', fields.BigIntField(default=0)),
            ],
            options={'table': 'audience_member', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A customer a file put into an audience; in force with `import_id` 0, else waiting for the end of the import that'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='AudienceSnapshot',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharField(max_length=64)),
                ('version_id', fields.BigIntField()),
                ('edition', fields.IntField()),
                ('as_of', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('members', fields.BigIntField()),
                ('digest', fields.CharField(max_length=64)),
                ('note', fields.CharField(max_length=200)),
                ('made_by', fields.BigIntField()),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'audience_snapshot', 'app': 'models', 'indexes': [Index(fields=['code', 'id'])], 'pk_attr': 'id', 'table_description': 'An audience as it was at `as_of`, frozen for audit; the database refuses change.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='AudienceSnapshotPiece',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('snapshot', fields.ForeignKeyField('models.AudienceSnapshot', source_field='snapshot_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('number', fields.IntField()),
                ('members', fields.IntField()),
                ('bits', fields.BinaryField()),
            ],
            options={'table': 'audience_snapshot_piece', 'app': 'models', 'unique_together': (('snapshot_id', 'number'),), 'pk_attr': 'id', 'table_description': 'A piece as it was.'},
            bases=['Model'],
        ),
        *(ops.RunSQL(statement) for statement in (*ADD, *FROZEN, *READ)),
    ]
