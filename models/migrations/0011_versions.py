"""When a running claim was taken over by another version of its task."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.migration import Base

ADD = [
    "CREATE INDEX claim_of_task_running ON claim (task, id) WHERE state IN ('claimed', 'clawed_back')",
]


class Migration(Base):
    dependencies = [("models", "0010_levels")]
    operations = [
        ops.CreateModel(
            name='ClaimMove',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('claim', fields.ForeignKeyField('models.Claim', source_field='claim_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('before_version', fields.ForeignKeyField('models.Configuration', source_field='before_version_id', related_name='claims_left', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('after_version', fields.ForeignKeyField('models.Configuration', source_field='after_version_id', related_name='claims_joined', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('percent_before', fields.SmallIntField()),
                ('percent_after', fields.SmallIntField()),
                ('moved_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'claim_move', 'app': 'models', 'indexes': [Index(fields=['claim_id', 'id'])], 'pk_attr': 'id', 'table_description': 'A running claim was taken over by another version of its task.'},
            bases=['Model'],
        ),
        *(ops.RunSQL(statement) for statement in ADD),
    ]
