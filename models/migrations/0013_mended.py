"""Periods remember the day of the month on which the first one began."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

ADD = [
    "UPDATE experience_account SET period_day = extract(day FROM period_from AT TIME ZONE 'Asia/Shanghai')",
    "ALTER TABLE experience_account DROP CONSTRAINT account_period",
    "ALTER TABLE experience_account ADD CONSTRAINT account_period"
    " CHECK ((period_from IS NULL) = (level_until IS NULL) AND (period_day IS NULL) = (level_until IS NULL)"
    " AND (level_until IS NULL OR period_from < level_until))",
]


class Migration(migrations.Migration):
    dependencies = [("models", "0012_attention")]
    operations = [
        ops.AddField(model_name='ExperienceAccount', name='period_day', field=fields.SmallIntField(null=True)),
        *(ops.RunSQL(statement) for statement in ADD),
    ]
