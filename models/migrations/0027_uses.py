"""What imports change of the white lists of campaigns; then what the database itself refuses of it."""

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.migrations import operations as ops

from models.migration import Base

ADD = [
    "ALTER TABLE trial_list ADD CONSTRAINT trial_list_was_changed CHECK (changes > 0)",
    "ALTER TABLE import_file DROP CONSTRAINT import_file_kind",
    "ALTER TABLE import_file ADD CONSTRAINT import_file_kind"
    " CHECK (kind IN ('customers', 'benefit_codes', 'events', 'tags', 'audience_members', 'white_list', 'risk_lists'))",
]


class Migration(Base):
    dependencies = [("models", "0028_risk")]
    operations = [
        ops.CreateModel(
            name='TrialList',
            fields=[
                ('campaign', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('changes', fields.BigIntField()),
                ('listed', ArrayField(element_type='BIGINT')),
                ('struck', ArrayField(element_type='BIGINT')),
            ],
            options={'table': 'trial_list', 'app': 'models', 'pk_attr': 'campaign', 'table_description': 'Who stands on the list of a campaign besides those its document names, and who does not though it does: the last'},
            bases=['Model'],
        ),
        *(ops.RunSQL(statement) for statement in ADD),
    ]
