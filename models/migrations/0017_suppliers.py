"""A voucher code is its supplier's: under however many benefits it is imported, it goes to one customer."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

CODES = [
    """UPDATE benefit_code c SET supplier = v.body ->> 'supplier' FROM (
         SELECT DISTINCT ON (code) code, body FROM configuration WHERE kind = 'benefits'
         ORDER BY code, live_at IS NULL, version DESC) v WHERE v.code = c.benefit""",
    "UPDATE benefit_code SET supplier = benefit WHERE supplier IS NULL",
    # Of a code that stands there several times one stays in stock, or none if somebody has it already.
    """DELETE FROM benefit_code c WHERE c.grant_id IS NULL AND EXISTS (
         SELECT FROM benefit_code o WHERE o.supplier = c.supplier AND o.digest = c.digest AND o.id <> c.id
           AND (o.grant_id IS NOT NULL OR o.id < c.id))""",
    # What two customers have already, both keep; only the first is recognised by its digest from now on.
    """UPDATE benefit_code c SET digest = sha256(c.digest || c.id::text::bytea) WHERE EXISTS (
         SELECT FROM benefit_code o WHERE o.supplier = c.supplier AND o.digest = c.digest AND o.id < c.id)""",
    "ALTER TABLE benefit_code ALTER COLUMN supplier SET NOT NULL",
    """DO $$ DECLARE found text; BEGIN
         SELECT conname INTO STRICT found FROM pg_constraint
         WHERE conrelid = 'benefit_code'::regclass AND contype = 'u'
           AND pg_get_constraintdef(oid) = 'UNIQUE (benefit, digest)';
         EXECUTE format('ALTER TABLE benefit_code DROP CONSTRAINT %I', found);
       END $$""",
    "ALTER TABLE benefit_code ADD CONSTRAINT one_code_of_a_supplier UNIQUE (supplier, digest)",
]


class Migration(migrations.Migration):
    dependencies = [("models", "0012_attention")]
    operations = [
        ops.AddField(model_name='BenefitCode', name='supplier', field=fields.CharField(null=True, max_length=64)),
        *(ops.RunSQL(statement) for statement in CODES),
    ]
